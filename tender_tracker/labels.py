"""The words before the colon: what notices call their fields, and block text → labelled entries.

A label is found by the end of what stands before a colon or in a cell, because Chinese puts the head last: 原公告的采购项目编号
ends in 采购项目编号. So text without line breaks works too: the next label ends the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_FIELDS = {
    "title": "公告标题 公告名称 标题",
    "project_name": "项目名称 采购项目名称 招标项目名称 工程名称 采购项目 招标项目 项目名 合同名称 本招标项目 采购名称",
    "project_no": (
        "项目编号 采购项目编号 招标项目编号 招标编号 采购编号 磋商编号 谈判编号 询价编号 询比编号 比选编号 项目编码 "
        "项目招标编号 项目采购编号 招标文件编号 采购文件编号"
    ),
    "weak_no": "标段编号 合同编号 标书编号 公告编号 交易编号 分包编号 标段包编号 编号",
    "buyer": (
        "采购人 采购人名称 采购单位 采购单位名称 招标人 招标人名称 招标单位 招标单位名称 采购机构 采购方 采购主体 需方 甲方 "
        "征集人 比选人 询价人 询比人 磋商人 谈判人 招标方 采购人单位 采购商 需求单位 采购需求单位 项目采购单位 购买方 买方 招标采购人 采购组织单位"
    ),
    "weak_buyer": "建设单位 项目业主 业主 业主单位 项目单位 发包人 发包方 使用单位 委托单位 委托人 采购人信息 招标人信息 项目法人 项目建设单位",
    "agency": (
        "采购代理机构 采购代理机构名称 招标代理机构 招标代理机构名称 代理机构 代理机构名称 招标代理 招标代理单位 招标代理人 招标代理公司 "
        "采购代理 采购代理人 采购代理公司 采购代理单位 代理单位 代理单位名称 代理公司 代理人 集中采购机构 集中采购机构名称 招标机构 招标机构名称 "
        "招标代理人名称 招标代理单位名称 招标代理公司名称 采购代理单位名称 采购代理人名称 委托代理机构 政府采购代理机构 代理机构全称"
    ),
    "name": "名称 单位名称 机构名称 公司名称 全称",
    "region": "行政区域 行政区划 所属地区 项目所在地区 所在地区 采购区域 项目所属地区 所属区域 地区 省份 所在区域 项目所在地",
    "published": "公告时间 发布时间 发布日期 公告日期 公告发布时间 公告发布日期 公示时间 公示日期 信息时间 发文日期 发布于 更正日期",
    "first_published": "首次公告日期 首次公告时间 原公告日期 原公告时间 合同签订日期 首次公告发布时间",
    "budget": (
        "预算金额 采购预算 采购预算金额 预算总金额 项目预算 项目预算金额 总预算 预算总价 预算价 预算 采购项目预算 预算总额 项目总预算 "
        "采购总预算 预算总计 采购项目预算金额 总预算金额 项目预算总额 招标预算 采购预算总金额 合计预算 预算合计 预算资金 项目采购预算"
    ),
    "cap": (
        "最高限价 最高投标限价 招标控制价 采购控制价 控制价 控制总价 最高控制价 总价最高限价 最高总限价 拦标价 投标限价 上限价 采购限价 限价 "
        "采购最高限价 投标最高限价 招标限价 控制价总价 预算控制价 招标最高限价 最高限额 最高响应限价 最高限价金额 采购控制价总价 招标控制总价 "
        "投标总价最高限价 总限价 最高限价总价 控制金额 采购上限价 最高采购限价 最高报价限价 最高应答限价 招标上限价 投标控制价 合计最高限价"
    ),
    "award": (
        "中标金额 成交金额 总中标金额 总成交金额 中标价 成交价 成交价格 中标价格 中标总价 成交总价 中选金额 中选价 总中标成交金额 中标成交金额 "
        "中标成交价 中标总金额 成交总金额 合同金额 合同总价 合同总金额 签约合同价 中标报价 成交报价 合同价 中选价格 中标候选价 入围金额 合同价款"
    ),
    "offer": "投标报价 报价 投标总价 投标价 响应报价 拟成交金额 拟签约金额 采购金额",
    "supplier": (
        "中标供应商 中标供应商名称 成交供应商 成交供应商名称 中标人 中标人名称 中标单位 中标单位名称 成交人 成交人名称 成交单位 成交单位名称 "
        "中选人 中选单位 中选供应商 中选人名称 入围供应商 中标成交供应商 中标成交供应商名称 中标成交人 中标成交单位 乙方 供方 中标方 成交方 "
        "承包人 卖方 中标商 成交商 中标人单位 中选供应商名称 中标公司 中标机构 成交候选供应商"
    ),
    "first_candidate": (
        "第一中标候选人 第一成交候选人 第一候选人 第一中选候选人 中标候选人第一名 第一成交候选供应商 第一中标候选单位 第一名"
    ),
    "proposed": (
        "拟定供应商 拟定供应商名称 拟单一来源采购对象 拟定的唯一供应商名称 唯一供应商 拟采购供应商 单一来源供应商 拟成交供应商 拟定的唯一供应商 "
        "单一来源采购供应商 拟采用单一来源采购方式的供应商 单一来源采购供应商名称 拟供应商名称 拟定唯一供应商 拟谈判供应商 单一来源供应商名称"
    ),
    "supplier_name": "供应商名称 供应商 投标人名称 投标单位 投标单位名称 投标供应商 响应供应商 供应商单位 候选人名称 中标候选人 中标候选人名称 成交候选人",
    "lot_title": "标项名称 标段名称 包名称 分包名称 采购包名称 分标名称 合同包名称 包组名称 标包名称 品目名称 标的名称 采购内容 采购标的 货物名称",
    "lot_no": "标项 包号 标段 标项号 标段号 分包号 采购包号 合同包号 分标号 包组号 标包 包件号 分包 采购包 合同包 子包 包组 标包号 分标 标项序号",
    "address": "地址 联系地址 采购单位地址 采购人地址 招标人地址 通讯地址 详细地址 单位地址",
    "opening": "开标时间 开启时间 响应文件开启时间 投标文件开启时间 开标日期",
    "deadline": "截止时间 投标截止时间 递交截止时间 提交截止时间 报价截止时间 截标时间 响应截止时间",
    "attachment": "附件 附件信息 附件名称 相关附件",
}
_STOPS = (
    "联系人 联系方式 联系电话 电话 传真 邮箱 邮编 电子邮箱 电子邮件 采购方式 招标方式 采购需求 合同履行期限 合同履约期限 数量 单位 品目 "
    "时间 地点 方式 售价 金额 价格 开标地点 备注 简要规格描述 监管部门 监督部门 评审专家 统一社会信用代码 供应商地址 "
    "简要规格描述或项目基本概况介绍 项目联系人 项目联系电话 项目联系方式 采购单位联系方式 代理机构地址 代理机构联系方式 采购计划编号 "
    "交货期 服务期限 工期 质保期 品牌 规格型号 型号 单价 总价 数量及单位 是否接受联合体投标 更正事项 更正内容 采购项目概况 项目概况 资金来源 "
    "公示期 公示期限 公告期限 收费标准 评标办法 评审方法 投标保证金 保证金 采购包预算 序号 备案编号 项目代码 评审得分 得分 排名 商品名称 类型 "
    "中标供应商地址 成交供应商地址 供应商联系方式 资格要求 采购预算编号 所属行业 采购标的对应的中小企业划分标准所属行业 用途 采购需求概况 "
    "预计采购时间 首次公告 招标范围 建设地点 建设规模 项目地点 实施地点 交货地点 服务地点 服务期 银行账号 开户银行 户名 账号 "
    "合同包预算 服务范围 服务要求 服务时间 服务标准 服务内容 评审报价 供应商报价 规格 产地 招标内容 邮政编码 网址 附表 "
)
LABELS: dict[str, str] = {label: field for field, labels in _FIELDS.items() for label in labels.split()}
LABELS.update(dict.fromkeys(_STOPS.split(), "stop"))
_LONGEST = max(map(len, LABELS))
_LENGTHS = tuple(range(_LONGEST, 1, -1))
_LAST = frozenset(label[-1] for label in LABELS) | frozenset("）)]】 \u3000")
_NOTE = re.compile(r"[（(【\[]([^（）()【】\[\]]*)[）)】\]]")
_NOT_MONEY = re.compile(r"单价|保证金|代理|服务费|文件|信用|资本|下浮|费率|收费|使用费|履约|投资|编号|保险|工本")
_MONEY_FIELDS = frozenset(("budget", "cap", "award", "offer"))
_NUMBERING = re.compile(
    r"^(?:[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:[.．]\d{1,2}){0,3}[）)]?[、.．，,:：\s]*|[★*●◆■▲①-⑳·•\-\s]+)+(?=\D)"
)
_CELLS = re.compile(r"\s*\|\s*")


class Entry(NamedTuple):
    """A labelled value: `label` without blanks, `note` what its brackets say (a unit), `at` and `start` where line and label start."""

    field: str
    label: str
    note: str
    value: str
    at: int
    start: int


class Row(NamedTuple):
    """A row of a table with a head: field of each column → (head, cell); `head` numbers the table in the text."""

    cells: dict[str, tuple[str, str]]
    head: int
    at: int


def entries(text: str) -> Iterator[Entry]:
    """Block text (or text without any line breaks) → every labelled value in reading order, `stop` labels left out."""
    at = 0
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if "|" in line:
            yield from _of_cells(line, at)
        elif "：" in line or ":" in line:
            below = lines[number + 1] if number + 1 < len(lines) else ""
            yield from _of_line(line.replace(":", "："), below, at)
        elif 1 < len(line) < 24 and number + 1 < len(lines):
            yield from _of_heading(line, lines[number + 1], at)
        at += len(line) + 1


def _of_line(line: str, below: str, at: int) -> Iterator[Entry]:
    parts = line.split("：")
    last = len(parts) - 1
    found: Found | None = None
    value, where, start = "", at, at
    for number, part in enumerate(parts):
        here = label_at_end(part) if number < last else None
        value += part[: here.start] if here else part + ("：" if number < last else "")
        if (here or number == last) and found and found.field != "stop":
            given = value.strip() or (below.strip() if number == last and _is_value(below) else "")
            yield Entry(found.field, found.label, found.note, given, at, start)
        if here:
            found, value, start = here, "", where + here.start
        where += len(part) + 1


def _is_value(line: str) -> bool:
    return 0 < len(line) < 80 and "：" not in line and ":" not in line and label(line) is None


def _of_heading(line: str, below: str, at: int) -> Iterator[Entry]:
    """A label alone on its line, its value alone on the next."""
    found = label(line)
    if found is not None and found.field != "stop" and _is_value(below) and "|" not in below:
        yield Entry(found.field, found.label, found.note, below.strip(), at, at)


def _of_cells(line: str, at: int) -> Iterator[Entry]:
    """A row of label and value cells in turn; a head of columns has labels side by side and is left to rows()."""
    cells = [cell.strip() for cell in line.split("|")]
    found = [label(cell) for cell in cells]
    for number, here in enumerate(found[:-1]):
        if here is None or found[number + 1] is not None or (number and found[number - 1] is not None):
            continue
        if here.field != "stop":
            yield Entry(here.field, here.label, here.note, cells[number + 1], at, at)
    for cell in cells:
        if "：" in cell or ":" in cell:
            yield from _of_line(cell.replace(":", "："), "", at)


class Found(NamedTuple):
    field: str
    label: str
    note: str
    start: int


def label(cell: str) -> Found | None:
    """A cell or heading that is a label as a whole, numbering and a colon set aside."""
    if not cell or len(cell) > 40:
        return None
    bare = "".join(_NUMBERING.sub("", cell).split()).rstrip("：:")
    note = "".join(_NOTE.findall(bare))
    name = _NOTE.sub("", bare)
    field = LABELS.get(name) or (LABELS.get(bare) if note else None)
    if field is None:
        return None
    if field in _MONEY_FIELDS and _NOT_MONEY.search(bare):
        field = "stop"
    return Found(field, name, note, 0)


def label_at_end(part: str) -> Found | None:
    """The label a passage before a colon ends in."""
    if not part or part[-1] not in _LAST:
        return None
    tail = part[-40:]
    bare = "".join(tail.split())
    note = ""
    if bare and bare[-1] in "）)】]":
        notes = list(_NOTE.finditer(bare))
        if not notes:
            return None
        note = "".join(found.group(1) for found in notes if found.end() > len(bare) - 16)
        name = _NOTE.sub("", bare)
    elif "（" in bare or "(" in bare:
        name = _NOTE.sub("", bare)
    else:
        name = bare
    for length in _LENGTHS:
        field = LABELS.get(name[-length:]) if length <= len(name) else None
        if field is not None:
            break
    else:
        return None
    if field in _MONEY_FIELDS and _NOT_MONEY.search(name[-length - 8 :] + note):
        field = "stop"
    return Found(field, name[-length:], note, _start(part, name[-length]))


def _start(part: str, first: str) -> int:
    """Where the label begins in the passage; labels are short, so the last place of its first sign will do."""
    return max(part.rfind(first), 0)


def rows(text: str) -> Iterator[Row]:
    """Rows of the tables that have a head of columns; sums (合计) are left out."""
    head: list[Found | None] = []
    before: list[str] = []
    heads = at = 0
    for line in text.split("\n"):
        if "|" not in line:
            head = []
        else:
            cells = [cell.strip() for cell in line.split("|")]
            found = _head(cells)
            if found:
                head, before, heads = found, [], heads + 1
            elif head and len(cells) > 1 and not cells[0].startswith(("合计", "总计", "小计", "总价")):
                missing = len(head) - len(cells)
                if missing == 0 or (0 < missing <= 2 and before):
                    before = cells = before[:missing] + cells
                    yield Row(_named(head, cells), heads, at)
        at += len(line) + 1


def _head(cells: list[str]) -> list[Found | None]:
    """The columns a row names, or nothing when it is no head: labels stand side by side only there."""
    found = [
        label(cell) or (label_at_end(cell) if 2 < len(cell) < 20 and not cell[-1].isdigit() else None) for cell in cells
    ]
    known = [here is not None for here in found]
    if sum(known) * 2 < len(cells) or not any(a and b for a, b in zip(known, known[1:], strict=False)):
        return []
    return found


def _named(head: list[Found | None], cells: list[str]) -> dict[str, tuple[str, str]]:
    named: dict[str, tuple[str, str]] = {}
    for column, cell in zip(head, cells, strict=True):
        if column is not None and column.field not in named:
            named[column.field] = (column.label + (f"（{column.note}）" if column.note else ""), cell)
    return named
