"""The words of pages that are read again, kept, saved or tried, in Chinese and in English."""

from __future__ import annotations

PAGES: dict[str, tuple[str, str]] = {
    "reparse.line": (
        "重读原始页面 {pages} 页：新增 {new}，改动 {changed}，未变 {unchanged}，未能读出 {unread}。",
        "{pages} raw pages read again: new {new}, changed {changed}, unchanged {unchanged}, unread {unread}.",
    ),
    "reparse.unread": ("未读出，公告保持原样 {message}", "unread, its notice stays as it was {message}"),
    "reparse.more": ("… 另有 {n} 页，见 -v", "… {n} more, see -v"),
    "save.saved": (
        "已保存（{role}，公告 {n} 条）；expected.toml 中为程序所读，请对照原页核对。",
        "Saved ({role}, {n} notices); expected.toml says what the parsers read: compare it with the page by eye.",
    ),
    "save.unread": ("此页未能读出 {message}", "this page could not be read {message}"),
    "raw.any": ("未注明", "not told"),
    "raw.line": ("{file}：{size}", "{file}: {size}"),
    "raw.exported": ("已写入 {file}：{n} 页", "{file} written: {n} pages"),
    "raw.pruned": ("移除 {n} 页，{before} → {after}", "{n} pages taken out, {before} → {after}"),
    "recipe.fine": (
        "{file}：配方可用，来源 {name}（{hosts}）。用 --saved PAGE 或 --live 试读。",
        "{file}: a usable recipe of the source {name} ({hosts}); try it with --saved PAGE or --live.",
    ),
    "recipe.found": ("{n} 项全部找到。", "{n} checked, all of them found what they must."),
    "parse.line": (
        "读取 {n} 页，其中 {refused} 页不是公告或读不出",
        "{n} pages read, {refused} of them no notice or unreadable",
    ),
}
