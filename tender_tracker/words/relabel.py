"""The words of relabel, in Chinese and in English."""

from __future__ import annotations

RELABEL: dict[str, tuple[str, str]] = {
    "relabel.line": (
        "{n} 条中重新判定 {read} 条（{why}）：新标记 {gained}，失去标记 {lost}，级别变化 {changed}",
        "{read} of {n} notices decided again ({why}): {gained} gained, {lost} lost, {changed} changed",
    ),
    "relabel.asked": ("--all 要求全部判定", "--all asks for every one"),
    "relabel.program": (
        "其中有些可能由程序的另一版本判定",
        "another version of the program may have decided some of them",
    ),
    "relabel.rules": ("增删或改动的规则：{rules}", "rules that came, went or changed: {rules}"),
    "relabel.more": ("{rules} 等 {n} 条", "{rules} and {n} in all"),
    "relabel.packs": ("由 {packs} 判定的全部", "all that {packs} decided"),
    "relabel.same": ("规则未变", "no rule changed"),
    "relabel.gained": ("新标记", "gained"),
    "relabel.lost": ("失去标记", "lost"),
    "relabel.changed": ("级别变化", "changed"),
}
