"""The words of a fetch and of how its sources stand, in Chinese and in English."""

from __future__ import annotations

FETCH: dict[str, tuple[str, str]] = {
    "fetch.line": (
        "{source}：读取 {read}，新增 {new}，变更 {changed}，未变 {unchanged}，拒收 {refused}{why}",
        "{source}: read {read}, new {new}, changed {changed}, unchanged {unchanged}, refused {refused}{why}",
    ),
    "fetch.lists": ("，列表页 {n}", ", list pages {n}"),
    "fetch.warning": ("，注意：{error}", ", warning: {error}"),
    "fetch.not_modified": ("，未修改 {n}", ", not modified {n}"),
    "fetch.failed": ("，失败：{error}", ", failed: {error}"),
    "fetch.progress": ("读取", "reading"),
    "fetch.refused": ("拒收 {message}", "refused {message}"),
    "fetch.more": ("… 另有 {n} 页，见 tenders doctor", "… {n} more, see `tenders doctor`"),
    "fetch.unnamed": ("… 另有 {n} 页只计数，原因与上面相同", "… {n} more of the same kinds, only counted"),
    "fetch.levels": ("所读公告的级别：{levels}", "levels of the notices read: {levels}"),
    "fetch.exit_1": (
        "tenders: 什么也没有读到；检查路径、来源和网络。",
        "tenders: nothing could be read; check the path, the source and the network.",
    ),
    "fetch.exit_4": (
        "tenders: 警报：读到的页面里没有公告，或网站模板已变；见 tenders doctor。",
        "tenders: alarm: no notice in the pages read, or a site's template has changed; see `tenders doctor`.",
    ),
    "fetch.not_kept": (
        "注意：原始页面未全部留存，公告照常入库：{error}",
        "Note: raw pages were not all kept, notices were stored all the same: {error}",
    ),
    "alarm.raised": ("警报 {source}：{state}：{error}", "alarm {source}: {state}: {error}"),
    "alarm.recovered": ("{source}：已恢复", "{source}: recovered"),
    "ping.failed": ("监控地址未能通知：{error}", "the dead-man service was not told: {error}"),
    "asked.always": ("默认", "by default"),
    "asked.named": ("点名时", "when named"),
    "status.again": (
        "{source}：读取失败 {n} 次，{when} 后重读：{message}",
        "{source}: failed {n} times, asked again from {when}: {message}",
    ),
    "status.given_up": ("{source}：失败 {n} 次，已放弃：{message}", "{source}: given up after {n} tries: {message}"),
    "plan.source": ("{source}：{since} – {until}，起始页 {n}", "{source}: {since} – {until}, first pages {n}"),
    "plan.due": ("另重读曾失败的 {n} 页", "and {n} pages that failed before"),
    "plan.nothing": ("试运行：没有访问任何网站。", "Dry run: nothing was asked."),
    "fetch.dry": ("试运行：没有写入。", "Dry run: nothing was stored."),
}
