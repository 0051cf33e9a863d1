"""What is said of messages on their way, in Chinese and in English; messages.py joins it to the other words."""

DELIVERY: dict[str, tuple[str, str]] = {
    "send.subject": ("{title}：新增必须国产 {n}", "{title} (newly required: {n})"),
    "send.days": ("{since} 至 {until}", "{since} to {until}"),
    "send.more": ("… 另有 {n} 项", "… {n} more"),
    "send.whole": ("全文", "the whole digest"),
    "send.sent": ("{target}：已送达 {title}（{said}）", "{target}: delivered {title} ({said})"),
    "send.already": (
        "{target}：{title} 已于 {when} 送达，不再发送。",
        "{target}: {title} was delivered on {when}; it is not sent again.",
    ),
    "send.dropped": (
        "{target}：{title} 已放弃；tenders outbox retry {id} 可重新发送。",
        "{target}: {title} was dropped; `tenders outbox retry {id}` sends it after all.",
    ),
    "send.waits": (
        "{target}：{title} 仍在发件箱，{when} 之后再试。",
        "{target}: {title} still waits in the outbox, to be tried after {when}.",
    ),
    "send.failed": (
        "{target}：未送达：{why}。已存入发件箱（{id}），下次运行再试。",
        "{target}: not delivered: {why}. It is kept in the outbox ({id}) and tried again.",
    ),
    "send.doubt": (
        "{target}：上次发送中断，可能已经送达；现以同样的内容和编号（Message-ID）重发。",
        "{target}: the last attempt broke off and may have arrived; it is sent again, the same to its Message-ID.",
    ),
    "send.failed_in_doubt": (
        "{target}：没有得到确认，可能已经送达：{why}。已存入发件箱（{id}），下次以同样的内容重发。",
        "{target}: not confirmed, though it may have arrived: {why}. It is kept in the outbox ({id}) and sent again.",
    ),
    "send.dry": ("试运行：没有发送，也没有入库。", "Dry run: nothing was sent or stored."),
    "send.signed": ("{target}：签名在发送时加入。", "{target}: its signature is added when it is sent."),
    "outbox.empty": ("发件箱是空的。", "The outbox is empty."),
    "outbox.nothing_due": ("没有到时间的消息；{n} 条在等待。", "No message is due; {n} wait."),
    "outbox.dropped": ("已放弃第 {id} 条：{target} {title}", "dropped message {id}: {target} {title}"),
    "head.target": ("收件方", "target"),
    "head.tries": ("次数", "tries"),
    "head.due": ("下次", "next try"),
    "head.sent": ("送达", "delivered"),
    "head.said": ("回应", "answer"),
    "out.queued": ("待发", "queued"),
    "out.doubt": ("未确认", "unconfirmed"),
    "out.sent": ("已送达", "sent"),
    "out.dropped": ("已放弃", "dropped"),
    "schedule.fetch": ("tenders：每日读取公告", "tenders: fetch notices every day"),
    "schedule.digest": ("tenders：每周一发送上周周报", "tenders: tell the digest of last week every Monday"),
    "schedule.outbox": ("tenders：重发未送达的消息", "tenders: send again what was not delivered"),
    "schedule.cron": (
        "tenders：用 crontab -e 粘贴以下各行。时间为 {zone}（cronie 等支持 CRON_TZ）；\n"
        "Debian 和 Ubuntu 的 cron 不认 CRON_TZ，按本机时区运行：周一任何时刻都可以，周报不变，也不会发送两次。\n"
        "两次运行不会重叠：后来者以 11 退出，周报下一小时再试。没有差错就不写日志；\n"
        "每个来源的结果另见 tenders sources status。",
        "tenders: paste these lines by `crontab -e`. Hours are those of {zone} where cron knows CRON_TZ (cronie);\n"
        "cron of Debian and Ubuntu does not and takes this machine's: any hour of Monday will do, the digest is the\n"
        "same and never sent twice. Runs never overlap: the later one leaves with 11 and the digest is tried again an\n"
        "hour later. The log gets a line only when something is wrong; `tenders sources status` tells the rest.",
    ),
    "schedule.systemd": (
        "tenders：tenders schedule --systemd -o ~/.config/systemd/user 写入以下文件，然后：\n"
        "  systemctl --user daemon-reload && systemctl --user enable --now tenders-fetch.timer tenders-digest.timer\n"
        "  loginctl enable-linger   （未登录时也运行）；有收件方时另启用 tenders-outbox.timer。\n"
        "时间为 {zone}；日志：journalctl --user -u tenders-digest。",
        "tenders: `tenders schedule --systemd -o ~/.config/systemd/user` writes these files; then\n"
        "  systemctl --user daemon-reload && systemctl --user enable --now tenders-fetch.timer tenders-digest.timer\n"
        "  loginctl enable-linger   (to run while you are logged out); with targets enable tenders-outbox.timer, too.\n"
        "Hours are those of {zone}; log: journalctl --user -u tenders-digest.",
    ),
    "schedule.secrets": (
        "请在 {file}（chmod 600）中写入：{names}，每行 名字=值。",
        "Put into {file} (chmod 600), one NAME=value a line: {names}.",
    ),
}
