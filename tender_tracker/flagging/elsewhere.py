"""Compute that a notice names without buying it → told by what stands around: other purchases, bidders' own tools."""

from __future__ import annotations

import re

from tender_tracker.flagging.evidence import Hit, Reading
from tender_tracker.flagging.sections import relabelled

_SERVICE_LABEL = re.compile(
    r"[^:：|，。；\n]{0,16}(?:维保|运维|维护|搬迁|移机|巡检|保养)(?:服务|对象|范围|清单|内容|设备)?[:：]"
)
_TOOLS = re.compile(
    r"投标(?:人|文件|工具|客户端)[^。\n]{0,20}(?:电脑|计算机|电子)|MAC|IP地址|硬盘序列号|电脑配置|浏览器|自带|携带|解密|上传|著作权|加密锁|机器码|特征码|(?:同一|不同)[^。\n]{0,8}(?:电脑|计算机)|网上投标|登录|机房内|电脑端|平台技术支持|PC端|计算机(?:信息)?(?:系统)?集成|制作(?:投标|响应)|办公(?:场所|条件|设备齐全)|微型企业|CA证书|用户手册|单价合同|附着|电脑制图|PPT|计算机辅助|由政务云|算力支持"
)

_ADDED = re.compile(r"追加|增购|增配|添购|添置|增补|加装|新增|扩容|扩充|增加")


def existing(reading: Reading, low: int, high: int, at: int) -> Hit | None:
    """The cue in low..high that a thing is there already; none where more is added: 在已建集群内追加板卡6张."""
    cue = reading.cue("cue.existing", low, high)
    return None if cue and _ADDED.search(reading.text, cue.end, at) else cue


def serviced(reading: Reading, at: int) -> bool:
    """Whether the label of a line tells a service for what it lists: 服务器维保：海光服务器20台."""
    return bool(_SERVICE_LABEL.match(reading.text, reading.structure.extent(at)[0], at))


def elsewhere(reading: Reading, hit: Hit) -> bool:
    """Whether the words around a hit speak of something else than this purchase."""
    if serviced(reading, hit.start) or reading.in_book_title(hit) or reading.in_organisation(hit):
        return True
    line = reading.structure.line(hit.start)
    if line.section in ("background", "scoring") and not relabelled(reading.text, line.start, hit.start):
        return True
    part = reading.structure.part(hit.start, hit.end)
    if reading.cue("cue.existing", *reading.structure.aside(part[1])):
        return True
    if existing(reading, *part, hit.start) or any(
        reading.cue(name, *part) for name in ("cue.experience", "cue.background")
    ):
        return True
    return reading.cue("cue.support", part[0], hit.start) is not None


def is_tool(reading: Reading, hit: Hit) -> bool:
    """A computer that bidders or the platform use, not goods."""
    low, high = reading.structure.clause(hit.start, hit.end)
    return bool(_TOOLS.search(reading.text, max(low, hit.start - 30), min(high, hit.end + 30)))
