"""What bulk labelling, datasets and merging say to the user, in Chinese and in English."""

from __future__ import annotations

BULK: dict[str, tuple[str, str]] = {
    "bulk.plan": (
        "{todo} 个分片待处理，{done} 个已完成",
        "{todo} slices to label, {done} finished before",
    ),
    "bulk.besides": (
        "{folder} 中另有 {n} 个分片来自本次未列出的输入，予以保留",
        "{folder} also holds {n} parts of inputs that are not named now; they stay",
    ),
    "bulk.line": (
        "{folder}：读取 {read}，公告 {notices}（必须 {required}，优先 {preferred}，实供 {supplied}），拒绝 {refused}",
        "{folder}: read {read}, notices {notices} (required {required}, preferred {preferred}, supplied {supplied}), "
        "refused {refused}",
    ),
    "bulk.refused": (
        "被拒绝的记录（{reasons}）逐条列在 {folder}/refused 中，附输入、位置与原因",
        "what was refused ({reasons}) stands in {folder}/refused, each with input, position and reason",
    ),
    "bulk.kinds": (
        "公告类型 {word} 无法识别，按未给出处理（{n} 行）",
        "kind {word} is unknown and was taken as not given ({n} rows)",
    ),
    "dataset.written": (
        "{folder}：{notices} 条公告，{versions} 个历史版本，{months} 个月份",
        "{folder}: {notices} notices, {versions} older versions, {months} months",
    ),
    "merge.line": (
        "{folder}：读取 {read}，新增 {new}，变更 {changed}，未变 {unchanged}，拒绝 {refused}",
        "{folder}: read {read}, new {new}, changed {changed}, unchanged {unchanged}, refused {refused}",
    ),
}
"""Key → Chinese, English."""
