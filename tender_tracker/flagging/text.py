"""Text as printed → text as rules read it, with the way back: every normalised offset knows its place in the original.

Rules read upper-case, simplified, half-width text without the blanks, zero-width marks and HTML residue that pages
leave inside words (国 产, 国&nbsp;产, ＧＰＵ, 國產); quotes are always cut from the original.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

# Traditional and simplified form, for the characters that notices about compute are written with.
_TRADITIONAL = (
    "內内 國国 產产 騰腾 鵬鹏 鯤鲲 龍龙 飛飞 雲云 計计 採采 購购 務务 處处 顯显 機机 構构 標标 項项 "
    "設设 備备 電电 腦脑 錄录 筆笔 終终 應应 當当 須须 為为 進进 許许 線线 統统 軟软 據据 庫库 "
    "儲储 網网 絡络 廠厂 業业 開开 發发 級级 邊边 緣缘 訓训 練练 證证 書书 測测 評评 審审 優优 "
    "選选 錢钱 額额 預预 價价 單单 數数 類类 與与 無无 於于 從从 後后 將将 對对 現现 實实 驗验 "
    "學学 場场 點点 準准 獲获 給给 認认 誰谁 請请 說说 語语 識识 讓让 論论 議议 護护 變变 豐丰 "
    "車车 輸输 過过 達达 適适 還还 這这 鑰钥 鋼钢 錯错 鏈链 長长 門门 間间 閱阅 關关 陣阵 隊队 "
    "際际 險险 難难 頁页 順顺 領领 頭头 題题 顆颗 顧顾 餘余 驅驱 體体 寫写 區区 參参 圍围 執执 "
    "報报 壓压 夠够 寶宝 專专 導导 層层 幣币 幫帮 幾几 廣广 張张 強强 徑径 復复 恆恒 慮虑 戰战 "
    "擇择 擴扩 擬拟 擔担 損损 撐撑 攜携 斷断 時时 暫暂 會会 極极 樣样 檔档 檢检 權权 歸归 殘残 "
    "滿满 漢汉 狀状 獨独 畫画 異异 盤盘 眾众 碼码 確确 稅税 穩稳 節节 約约 紅红 組组 細细 結结 "
    "絕绝 經经 維维 緩缓 編编 縮缩 總总 績绩 繼继 續续 職职 聯联 脈脉 臺台 舊旧 號号 術术 衛卫 "
    "補补 裝装 裡里 裏里 製制 見见 規规 視视 覺觉 觸触 訂订 記记 訪访 詢询 試试 該该 詳详 誤误 "
    "課课 調调 諮咨 謝谢 譯译 讀读 負负 財财 貨货 貼贴 費费 資资 質质 軌轨 軍军 載载 較较 輔辅 "
    "輕轻 輪轮 轉转 運运 違违 遠远 遲迟 遷迁 鄉乡 針针 銀银 銷销 鋪铺 鍵键 鏡镜 鐵铁 鑒鉴 閉闭 "
    "闡阐 遼辽 彙汇 壞坏 萬万 億亿 兩两 個个 們们 來来 東东 樓楼 橋桥 氣气 濟济 營营 環环 醫医 "
    "鎖锁 隨随 雙双 離离 風风 魯鲁 滬沪 韓韩 紀纪 爾尔 義义 習习 聲声 聽听 華华 蘇苏 藝艺 觀观 "
    "詞词 誠诚 輯辑 辦办 農农 遊游 郵邮 釋释 鋒锋 錦锦 陽阳 陸陆 隱隐 雜杂 霧雾 靜静 響响 飯饭 "
    "館馆 駐驻 驟骤 魚鱼 鮮鲜 鴻鸿 齊齐 劃划 動动 勞劳 勝胜 勢势 協协 卻却 厭厌 嚴严 圖图 團团 "
    "園园 塊块 墊垫 奪夺 奮奋 婦妇 孫孙 寧宁 屬属 岡冈 島岛 帶带 幹干 彈弹 彎弯 徵征 態态 憑凭 "
    "懷怀 擊击 擋挡 擁拥 擾扰 敗败 敘叙 曉晓 曆历 歷历 條条 柵栅 梱捆 楊杨 榮荣 槍枪 橫横 歐欧 "
    "歲岁 殺杀 毀毁 決决 況况 洩泄 淺浅 溝沟 滅灭 潔洁 潛潜 灣湾 煙烟 熱热 燈灯 爭争 牽牵 犧牺 "
    "獎奖 瑪玛 療疗 監监 盡尽 礎础 禮礼 種种 稱称 竊窃 競竞 簡简 簽签 籌筹 糧粮 純纯 納纳 紙纸 "
    "紮扎 紹绍 綜综 綠绿 緊紧 縣县 織织 繳缴 罰罚 羅罗 罷罢 聞闻 腳脚 腫肿 膠胶 臨临 舉举 艦舰 "
    "範范 葉叶 著着 薩萨 藍蓝 虛虚 蟲虫 複复 襲袭 訊讯 託托 註注 誌志 談谈 謀谋 講讲 贊赞 趕赶 "
    "趨趋 跡迹 踐践 躍跃 輛辆 輻辐 迴回 逕径 連连 週周 遞递 邏逻 鄰邻 醬酱 釘钉 鈣钙 鉛铅 銅铜 "
    "銳锐 鋁铝 錫锡 鍋锅 鎮镇 鐘钟 閃闪 閘闸 閥阀 隻只 雖虽 雞鸡 頂顶 頻频 顏颜 願愿 飲饮 驚惊 "
    "髮发 鬆松 麗丽 麥麦 黃黄 黨党 齒齿 龐庞 龜龟"
)
FORMS: dict[str, str] = {pair[0]: pair[1] for pair in _TRADITIONAL.split()}
FORMS |= {chr(code): chr(code - 0xFEE0) for code in (*range(0xFF21, 0xFF5B), *range(0xFF10, 0xFF1A))}  # Ａ–ｚ, ０–９
FORMS |= {"＋": "+", "－": "-", "／": "/", "％": "%", "｜": "|", "＞": ">", "＜": "<"}
FORMS |= {"Ⅰ": "I", "Ⅱ": "I", "®": " ", "™": " ", "﹣": "-", "–": "-"}
"""Character → what rules read for it."""
_TABLE = str.maketrans(FORMS)

_CJK = r"\u3400-\u9fff\u3000-\u303f\uff00-\uffef"
# A line break inside one of these words is damage, not the end of a clause.
_SPLIT_WORDS = frozenset(
    word + rest
    for word, rest in zip(
        "国昇鲲海龙飞兆申信芯自可安可测处服加进", "产腾鹏光芯腾芯威创片主控全靠评理务速口", strict=True
    )
)
WIDE_BLANKS = ("\u00a0", "\u3000", *map(chr, range(0x2000, 0x200B)), "\u202f")
MARKS = tuple(map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF, 0xAD)))
"""Marks that take no room, the control characters of ASCII aside."""
RESIDUE = ("nbsp", "ensp", "emsp", "thinsp", "zwnj", "zwj", "#160", "#xa0")
"""Names of blanks that were left undecoded behind an &."""
_BLANKS = " \t" + "".join(WIDE_BLANKS)
_MARKS = "".join(MARKS) + "\x00-\x08\x0b-\x1f\x7f"
# One class first, so that the scan runs over ordinary text at the speed of a character set.
_NOISE = re.compile(
    rf"[{_BLANKS}{_MARKS}&<\n{''.join(FORMS)}](?:"
    rf"(?<=[{_BLANKS}])[{_BLANKS}]*"
    rf"|(?<=[{_MARKS}])[{_MARKS}]*"
    rf"|(?<=&)(?:{'|'.join(RESIDUE)});?"
    r"|(?<=<)/?[a-zA-Z][^<>\n]{0,80}>"
    + "|(?<=["
    + "".join(word[0] for word in sorted(_SPLIT_WORDS))
    + "]\n)(?=["
    + "".join(word[1] for word in sorted(_SPLIT_WORDS))
    + f"])|(?<=[{''.join(FORMS)}]))"
)
_IS_BLANK = re.compile(f"[{_BLANKS}&]")
_GLUED = re.compile(rf"[{_CJK}|\n：；，。（）“”、()\[\]:;,]")


class Places(Sequence[int]):
    """Where each character of a text stands in another that it was cut from: kept as the runs that were taken over."""

    def __init__(self, begins: list[int], origins: list[int], length: int) -> None:
        """From character `begins[n]` on, the characters are those from `origins[n]` on; `length` counts them all."""
        self._begins, self._origins, self._length = begins, origins, length

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, at: int) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> list[int]: ...
    def __getitem__(self, at: int | slice) -> int | list[int]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(self._length))]
        if not -self._length <= at < self._length:
            raise IndexError(at)
        at %= self._length
        run = bisect_right(self._begins, at) - 1
        return self._origins[run] + at - self._begins[run]


@dataclass(frozen=True, slots=True)
class Normal:
    """`text` is what rules read; character i of it came from `origin[at[i]]`."""

    text: str
    origin: str
    at: Sequence[int]

    def quote(self, start: int, end: int) -> tuple[int, int, str]:
        """A span of `text` → (start, end, verbatim passage) in the original."""
        if start >= end:
            return 0, 0, ""
        first, last = self.at[start], self.at[end - 1] + 1
        return first, last, self.origin[first:last]


def normalise(origin: str) -> Normal:
    """Original text → Normal. Length may shrink; never grows."""
    return _normalised(origin, origin)


def _normalised(text: str, origin: str) -> Normal:
    """`text`: as printed or, once one of FORMS is met in it, with all of them replaced, each character at its place."""
    pieces: list[str] = []
    begins: list[int] = []
    origins: list[int] = []
    length = done = 0
    previous = "\n"
    for noise in _NOISE.finditer(text):
        start, end = noise.span()
        if text[start] in FORMS:
            return _normalised(text.translate(_TABLE), origin)
        if text[start] == "\n" and text[start - 1] + text[end : end + 1] not in _SPLIT_WORDS:
            continue
        if start > done:
            pieces.append(text[done:start])
            begins.append(length)
            origins.append(done)
            length += start - done
            previous = text[start - 1]
        done = end
        if _IS_BLANK.match(text, start):
            following = text[end] if end < len(text) else "\n"
            if not _GLUED.match(previous) and not _GLUED.match(following) and not _spelled_out(text, start, end):
                pieces.append(" ")
                begins.append(length)
                origins.append(start)
                length += 1
                previous = " "
    pieces.append(text[done:])
    begins.append(length)
    origins.append(done)
    joined = "".join(pieces)
    upper = joined.upper()
    if len(upper) != len(joined):  # ß → SS and a few others would move the offsets
        upper = "".join(c.upper() if len(c.upper()) == 1 else c for c in joined)
    return Normal(upper, origin, Places(begins, origins, len(upper)))


def _spelled_out(text: str, start: int, end: int) -> bool:
    """Whether the blank stands between single letters of a word set wide, as in `9 1 0 B`."""
    left_alone = start < 2 or not (text[start - 2].isascii() and text[start - 2].isalnum())
    right_alone = end + 1 >= len(text) or not (text[end + 1].isascii() and text[end + 1].isalnum())
    left, right = text[start - 1 : start], text[end : end + 1]
    return left_alone and right_alone and left.isalnum() and right.isalnum()
