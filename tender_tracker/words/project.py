"""The words of projects and of why notices are one, in Chinese and in English."""

from __future__ import annotations

PROJECT: dict[str, tuple[str, str]] = {
    "project.line": (
        "项目 {id}：{n} 条公告，置信 {score:.2f}（{why}）",
        "project {id}: {n} notices, score {score:.2f} ({why})",
    ),
    "project.alone": ("项目 {id}：只有这一条公告", "project {id}: this notice alone"),
    "project.perhaps": ("可能相关：#{id} {title}（{why}）", "perhaps related: #{id} {title} ({why})"),
    "project.stale": (
        "有公告尚未归并到项目；下次 tenders fetch 或 tenders relabel 会完成。",
        "Some notices are not linked yet; the next `tenders fetch` or `tenders relabel` does it.",
    ),
    "linked.number": ("同一编号 {number}", "same number {number}"),
    "linked.same number, other buyer and title": ("同一编号，采购人和标题不同", "same number, other buyer and title"),
    "linked.same title and buyer": ("标题和采购人相同", "same title and buyer"),
    "linked.same plain title and buyer": ("采购人相同，标题相同但过于笼统", "same plain title and buyer"),
    "linked.same title, buyer not told": ("标题相同，未写明采购人", "same title, buyer not told"),
    "linked.same title, other buyer": ("标题相同，采购人名称不同", "same title, other buyer"),
    "linked.near title, same buyer and amount": ("标题相近，采购人和金额相同", "near title, same buyer and amount"),
    "linked.near title and same buyer, other amount": (
        "标题相近，采购人相同，金额不同",
        "near title and same buyer, other amount",
    ),
    "linked.same title but for a bracket, same buyer": (
        "除括号外标题相同，采购人相同",
        "same title but for a bracket, same buyer",
    ),
    "linked.near title and same buyer": ("标题相近，采购人相同", "near title and same buyer"),
    "linked.near title and same buyer, same stage": (
        "标题相近，采购人和阶段相同",
        "near title and same buyer, same stage",
    ),
    "linked.same buyer and odd amount": ("采购人和金额（非整数）相同", "same buyer and odd amount"),
    "link.line": (
        "{n} 条公告，{projects} 个项目；其中 {several} 个有多条公告，另有 {perhaps} 对可能相关",
        "{n} notices of {projects} projects, {several} with more than one; {perhaps} pairs perhaps related",
    ),
}
