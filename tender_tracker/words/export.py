"""The words of exports, calendars and of browsing, in Chinese and in English."""

from __future__ import annotations

EXPORT: dict[str, tuple[str, str]] = {
    "calendar.name": ("国产算力采购", "Domestic compute tenders"),
    "calendar.deadline": ("截止", "Deadline"),
    "calendar.opening": ("开标", "Opening"),
    "browse.serving": (
        "{store} 只读展示于 {url}（Ctrl-C 结束）",
        "{store} is shown, read-only, at {url} (Ctrl-C ends it)",
    ),
    "export.written": ("已写入 {file}：{n} 条", "wrote {file}: {n} notices"),
    "export.none": (
        "没有符合条件的公告，文件为空；库中共 {n} 条。",
        "No notice matches, the file is empty; the store holds {n}.",
    ),
}
