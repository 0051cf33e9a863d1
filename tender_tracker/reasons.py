"""The words of `tenders explain`: why a passage counts less, what a demand rests on, what was looked for.

English says why a rule is there in the rule's own words; WHYS says it in Chinese for the shipped rules of `cn`.
"""

from __future__ import annotations

REASONS: dict[str, tuple[str, str]] = {
    # cue rules
    "cue.superseded": ("更正已删除或改写了这一要求", "a correction deletes or rewords it"),
    "cue.negation": ("原文说明不必是国产", "the notice says that it need not be domestic"),
    "cue.condition": (
        "只对某类采购人有效，公告未表明采购人属于该类",
        "it binds some kinds of buyer, and the notice does not say that its buyer is one",
    ),
    "cue.existing": (
        "说的是已有的设备，不是这次采购的",
        "it speaks of what is there already, not of what is bought now",
    ),
    "cue.background": ("背景或政策表述，对本次采购没有要求", "it is background or policy and demands nothing here"),
    "cue.experience": (
        "说的是供应商的业绩或人员经验，不是货物",
        "it speaks of what bidders or their people have done, not of the goods",
    ),
    "cue.meta": ("是对用词本身的说明", "the sentence speaks about the words themselves"),
    "cue.score": ("国产只用于评分", "being domestic earns points"),
    "cue.precedence": ("国产优先，不是强制", "domestic goods have precedence, they are not compulsory"),
    "cue.equivalent": ("写明“或同等”或仅供参考", "it says “or equivalent” or is a reference only"),
    "cue.support": ("要求的是兼容或支持，不是本身国产", "compatibility is demanded, not a domestic chip"),
    "cue.oblige": ("原文写明是强制要求", "the clause obliges"),
    "cue.scored-mark": ("所带标记在本公告中只影响评分", "the mark before it only earns points in this notice"),
    # what a passage stands in or beside
    "foreign-alternative": ("同一处也可以提供国外芯片", "a foreign chip may be offered in its place"),
    "if-offered": ("仅对选用国产的投标有要求", "it binds only those who offer domestic goods"),
    "document.template": (
        "写在合同范本或投标文件格式里，不针对本次采购",
        "it stands in a contract template or a form for bids, which speak of no purchase in particular",
    ),
    "document.ocr": ("文字由图片识别（OCR），可能有误", "its words were read from a picture (OCR) and may err"),
    "not-bought": ("这里没有采购算力", "no compute is bought there"),
    "noun.software": ("说的是软件", "it speaks of software"),
    "noun.service": ("说的是服务或工程", "it speaks of a service or works"),
    "noun.other": ("说的是算力以外的货物", "it speaks of goods other than compute"),
    "no-noun": ("没有说明指的是什么货物", "it does not say which goods it means"),
    "outside": ("说的是算力以外的事", "it speaks of something other than the compute bought"),
    "organisation": ("是单位名称的一部分", "it is part of an organisation's name"),
    "called-after": ("只是班级或赛事的名称", "a class or a prize is called after it"),
    "book-title": ("只是书名号里的文件名", "it is the title of a document"),
    "runner-up": ("是未中标的候选人所投", "it is what a runner-up offered"),
    "section.background": ("位于背景章节", "it stands in a section of background"),
    "award-word": ("结果公告中的表述，不是要求", "an announcement of results says it, which demands nothing"),
    "standard-without-clause": (
        "引用了需求标准，但没有写安全可靠条款",
        "a standard is named without its clause on security",
    ),
    # questions and answers
    "question": ("只是疑问，没有得到肯定答复", "it is only asked"),
    "answered-no": ("答复说明不要求", "the answer denies it"),
    "answered-open": ("答复允许用其他产品", "the answer lets other products in"),
    "answered-closed": ("供应商请求用其他产品被拒绝", "a request to offer something else was refused"),
    "narrowed": ("更正删去了其他选项", "a correction struck out the way round it"),
    "ecosystem": ("所要求的软件生态只能运行在国产芯片上", "the software demanded runs on domestic chips only"),
}
"""Cue ids as `Evidence.cues` holds them → a clause in Chinese and in English."""

BASES: dict[str, tuple[str, str]] = {
    "chip": ("点名国产芯片", "a domestic chip by name"),
    "platform": ("点名只装国产芯片的整机或平台", "a machine or platform that comes with a domestic chip only"),
    "brand": ("国产品牌", "a domestic brand"),
    "list": ("国产名录或测评清单", "a list of domestic products"),
    "ecosystem": ("国产芯片的软件生态", "the software of a domestic chip"),
    "standard": ("政府采购需求标准", "a standard for public procurement"),
    "origin": ("国产、信创等表述", "words for domestic origin or design"),
}

WHYS: dict[str, str] = {
    "product.domestic-line": "只装国产芯片的机型系列，不限一家芯片",
    "product.tianhe": "天河是国产超级计算机",
    "product.other-accelerator": "其他国产GPU、AI芯片厂商",
    "product.chip-bound-machine": "厂商只配一种国产芯片的机型",
    "foreign.nvidia": "英伟达GPU",
    "foreign.cpu": "英特尔、AMD处理器",
    "foreign.maker": "整机装国外芯片的厂商",
    "foreign.word": "未具名的国外芯片或产品",
    "noun.compute": "服务器、加速卡、处理器、计算机、集群和租用的算力都是算力",
    "word.domestic": "“国产”要求在中国制造，对芯片则要求国内设计",
    "word.xinchuang": "“信创”是国产信息技术应用的统称",
    "word.controllable": "“自主可控”等要求自主研发或国内设计",
    "word.evaluated": "“安全可靠测评”是国家对处理器、人工智能芯片等的测评清单",
    "word.standard": "2023年政府采购需求标准，写入安全可靠条款才构成国产要求",
    "word.ecosystem": "运营商集采的类CUDA、ARM等生态标包只收国产芯片",
    "word.brand": "国产品牌只说明谁在销售整机，不说明用谁的芯片",
    "word.foreign-barred": "禁止国外芯片，剩下的只有国产芯片",
    "word.english": "英文公告中的国产芯片表述",
    "word.vendor-in-name": "单位名称含有芯片厂商名，不能说明货物",
    "import.barred": "不接受进口产品",
    "import.allowed": "接受进口产品",
    "import.policy-list": "仅列出政策名称，既不禁止也不允许进口",
    "lookalike.state-goods": "“中国产业”“全国产权”等词里的“国产”不是国产的意思",
    "lookalike.place": "园区、道路、楼宇以芯片命名",
    "lookalike.plain-word": "普通词语恰好包含国产词",
    "lookalike.code": "成交金额标签里的“国产”只说明产地",
}

STORY: dict[str, tuple[str, str]] = {
    "story.required": (
        "必须国产（required）：{place}写着「{quote}」，这里采购的算力必须是国产。",
        "Required: {place} says 「{quote}」, so the compute bought there must be domestic.",
    ),
    "story.preferred": (
        "优先国产（preferred）：{place}写着「{quote}」，国产有优势，但不是必须。",
        "Preferred: {place} says 「{quote}」, so domestic compute has an advantage but is not compulsory.",
    ),
    "story.supplied": (
        "实供国产（supplied）：{place}写着「{quote}」，交付的是国产芯片，但公告没有要求国产。",
        "Supplied: {place} says 「{quote}」, so a domestic chip was delivered though nothing demanded one.",
    ),
    "story.mentioned": (
        "仅提及（mentioned）：{place}出现「{quote}」，但不构成对所采购算力的要求。",
        "Mentioned: {place} has 「{quote}」, which demands nothing of the compute bought.",
    ),
    "story.none": (
        "无（none）：没有找到对国产算力的要求、优先、实供或提及。",
        "None: nothing demands, prefers, supplies or mentions domestic compute.",
    ),
    "story.unquoted": ("判定为{level}，但没有留下依据。", "The level is {level}, but no passage was kept."),
    "story.title": ("标题", "the title"),
    "story.text": ("正文", "the text"),
    "story.lot_text": ("{lot}", "{lot}"),
    "story.rule": ("规则 {rule}：{why}。", "Rule {rule}: {why}."),
    "story.chips": ("{chips}是国产芯片系列", "{chips}"),
    "story.basis": ("依据类型：{basis}。", "It rests on {basis}."),
    "story.families": ("涉及的国产芯片：{chips}。", "Domestic chips: {chips}."),
    "story.because": ("原因：{reasons}。", "The reason: {reasons}."),
    "story.also": ("另有 {n} 处同样的依据：{quotes}", "Other passages say the same ({n}): {quotes}"),
    "story.lot": ("{lot}：{level}，「{quote}」（规则 {rule}）。", "{lot}: {level}, by 「{quote}」 (rule {rule})."),
    "story.lot_shared": ("{lot}：{level}，依据是对全部分包的要求。", "{lot}: {level}, by what is said of all lots."),
    "story.lot_none": (
        "{lot}：无，其中没有对国产算力的表述。",
        "{lot}: none, nothing in it speaks of domestic compute.",
    ),
    "story.lots_more": ("另有 {n} 个分包。", "{n} more lots."),
    "story.lowered": (
        "「{quote}」只算{level}（规则 {rule}）：{reasons}。",
        "「{quote}」 counts as {level} only (rule {rule}): {reasons}.",
    ),
    "story.lowered_plain": (
        "「{quote}」只算{level}（规则 {rule}）。",
        "「{quote}」 counts as {level} only (rule {rule}).",
    ),
    "story.lowered_more": ("另有 {n} 处只算较低级别。", "{n} more passages count for less."),
    "story.barred": (
        "不接受进口产品：「{quote}」。这只限制产地，本身不等于要求国产芯片。",
        "Imports are barred: 「{quote}」. That says where goods are made, not whose chips they carry.",
    ),
    "story.allowed": ("接受进口产品：「{quote}」。", "Imports are allowed: 「{quote}」."),
    "story.barred_column": ("不接受进口产品（表格中的进口一栏）。", "Imports are barred by a column of a table."),
    "story.allowed_column": ("接受进口产品（表格中的进口一栏）。", "Imports are allowed by a column of a table."),
    "story.compute": (
        "公告采购算力（服务器、加速卡、计算机或租用算力）。",
        "The notice buys compute (servers, accelerators, computers or rented computing power).",
    ),
    "story.no_compute": (
        "没有认出对服务器、加速卡、计算机或算力的采购。",
        "No purchase of servers, accelerators, computers or computing power was made out.",
    ),
    "story.looked_for": (
        "查找过 {products} 条产品规则（{families} 个芯片系列）和 {words} 条国产表述规则，没有一处说的是所采购的算力。",
        "Looked for by {products} rules of products ({families} chip families) and {words} of domestic words: nothing "
        "they found speaks of compute that is bought.",
    ),
    "story.ignored": (
        "出现了「{found}」（{quote}），但说的不是所采购的算力。",
        "「{found}」 occurs (“{quote}”), but it does not speak of compute that is bought.",
    ),
    "story.lookalike": ("「{found}」只是形似：{why}。", "「{found}」 only looks alike: {why}."),
    "story.pack": ("由规则包 {pack} 判定。", "Decided by the rules {pack}."),
    "story.stale": (
        "判定所用的规则包 {pack} 不是当前的 {now}；运行 tenders relabel 重新判定。",
        "Decided by the rules {pack}, which are not today's ({now}); `tenders relabel` decides anew.",
    ),
}
