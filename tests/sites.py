"""A stand-in for every site at once, each with a server of its own, and the configuration that leads to them.

All of them have the same number of notices on each of nine days, the 21st to the 29th of September 2026.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from samples import ask as ask_store
from server import Asked, Reply, Server
from test_stand_in import COLUMN, column, detail, path
from test_stand_in import item as ccgp_item
from test_stand_in import record as ningbo_record
from test_stand_in_china import SITES
from test_world_stand_in import KEY, answered, fts, sam_gov, tenders_daily, world_bank
from test_world_stand_in import record as prozorro_record

NOW = "1790730000"
"""2026-09-30 09:00 in Shanghai, for SOURCE_DATE_EPOCH."""
DAYS, WINDOW = 9, 7
"""Days that the sites list, and those of them that a first run asks for."""
WORLD = ("ocds:uk_fts", "ted", "sam", "worldbank", "prozorro")
EVERYWHERE = ("ccgp", "ningbo", *SITES, *WORLD)


def ccgp(server: Server, count: int, day: Callable[[int], int]) -> None:
    """Pages of 25, as the site has them, and notices with validators."""
    titles = [f"第{n}号服务器公开招标公告" for n in range(count)]
    pages = -(-count // 25)
    for page in range(pages):
        items = (ccgp_item(n, day(n), titles[n]) for n in range(page * 25, min(page * 25 + 25, count)))
        name = f"{COLUMN}/index_{page}.htm" if page else f"{COLUMN}/"
        server.routes[name] = Reply(column(*items, size=pages, current=page))
    for n, title in enumerate(titles):
        server.routes[path(n, day(n))] = validated(detail(title, day(n)))


def validated(body: str) -> Callable[[Asked], Reply]:
    """Answers 304 to who has seen the page."""
    tag = f'"{len(body)}-{hash(body) & 0xFFFF:04x}"'

    def answer(ask: Asked) -> Reply:
        seen = ask.headers.get("if-none-match") == tag
        return Reply("" if seen else body, 304 if seen else 200, {"ETag": tag})

    return answer


def ningbo(server: Server, count: int, day: Callable[[int], int]) -> None:
    records = [ningbo_record(n, day(n), f"第{n}号服务器采购公告") for n in range(count)]

    def answer(ask: Asked) -> Reply:
        wanted = json.loads(ask.body)
        first = (wanted["pageIndex"] - 1) * wanted["pageSize"]
        data = {"records": records[first : first + wanted["pageSize"]], "total": count}
        return answered({"code": 200, "data": data})

    server.routes["/api/Portal/GetBulletinList"] = answer


def prozorro(server: Server, count: int, day: Callable[[int], int]) -> None:
    feed = "/api/2.5/tenders"
    records = [prozorro_record(n, f"2026-09-{day(n):02}T10:00:00+03:00") for n in range(count)]
    rows = [{name: row[name] for name in ("id", "tenderID", "status", "dateModified")} for row in records]
    following = {"next_page": {"path": f"{feed}?offset=end", "uri": "http://x.example"}}
    server.routes[feed] = answered({"data": rows, **following})
    server.routes[f"{feed}?offset=end"] = answered({"data": [], **following})
    for n, row in enumerate(records):
        server.routes[f"{feed}/r{n}"] = answered({"data": row, "config": {}})


def _build(name: str, server: Server, per_day: int) -> None:
    count = per_day * DAYS

    def day(n: int) -> int:
        return 29 - n // per_day

    def date(n: int) -> str:
        return f"2026-09-{day(n):02}"

    if name in SITES:
        SITES[name][0](server, count, date)
    elif name == "ocds:uk_fts":
        noon = datetime(2026, 9, 29, 12)
        fts(server, {n: noon - timedelta(days=n // per_day, minutes=n % per_day) for n in range(count)})
    elif name == "ted":
        tenders_daily(server, count, 50, date)
    elif name == "sam":
        sam_gov(server, count, date)
    elif name == "worldbank":
        world_bank(server, count, per_day)
    else:
        {"ccgp": ccgp, "ningbo": ningbo, "prozorro": prozorro}[name](server, count, day)


@dataclass(frozen=True)
class Sites:
    """Servers by the name of their source, and the configuration that leads to them."""

    servers: dict[str, Server]
    config: Path

    def asked(self) -> int:
        """Questions since this was asked last."""
        total = sum(len(server.asked) for server in self.servers.values())
        for server in self.servers.values():
            server.asked.clear()
        return total


@contextmanager
def everywhere(folder: Path, per_day: int, names: tuple[str, ...] = EVERYWHERE) -> Iterator[Sites]:
    """The sites named, running; the configuration lies in `folder`, where the stores are to be, too."""
    with ExitStack() as stack:
        servers = {name: stack.enter_context(Server().running()) for name in names}
        tables = []
        for name, server in servers.items():
            server.routes["/robots.txt"] = Reply("gone", 404)
            _build(name, server, per_day)
            columns = {"ccgp": ("dfgg/gkzb",), **{site: SITES[site][1] for site in SITES}}.get(name)
            own = f"columns = {json.dumps(columns)}\n" if columns else ""
            own += f'options = {{ api_key = "{KEY}" }}\n' if name == "sam" else ""
            tables.append(f'[sources."{name}"]\nbase_url = "{server.url}"\ndelay = 0\n{own}')
        config = folder / "config.toml"
        config.write_text(f'db = "s.db"\nlang = "en"\nallow_private = true\n{"".join(tables)}', "utf-8")
        config.chmod(0o600)
        yield Sites(servers, config)


def stored(db: Path) -> list[tuple[str, str]]:
    """Source and number of every notice; raises where the store is not whole."""
    assert ask_store(db, "PRAGMA integrity_check") == [("ok",)]
    assert ask_store(db, "PRAGMA foreign_key_check") == []
    assert ask_store(db, "SELECT count(*) FROM notices") == ask_store(db, "SELECT count(*) FROM texts")
    return ask_store(db, "SELECT source, source_id FROM notices ORDER BY 1, 2")  # type: ignore[return-value]
