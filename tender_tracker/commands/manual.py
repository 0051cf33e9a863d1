"""The commands → the same commands with their help in Chinese, from `data/help.zh.toml`.

A line is measured in cells, of which a Chinese character takes two, so that a page fits its terminal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

HEADINGS = {"Options": "选项", "Commands": "命令", "Arguments": "参数"}
EXTRAS = {"default": "默认", "required": "必填"}
_EXAMPLE = re.compile(r"^Example:  ")
_EXTRA = re.compile(r"  \[(?P<words>[^\[\]]*)\]$")
COLUMN = 30
"""Cells of the left column, as in English."""


def in_chinese(command: Any) -> Any:
    """The command and all below it, made for this call only, with their help in Chinese."""
    base = command.context_class
    lines = type("Lines", (_Lines, base.formatter_class), {})
    _tell(command, type("Manual", (base,), {"formatter_class": lines}))
    return command


def chinese(text: str) -> str:
    """A text of help in Chinese; one the catalogue does not have stays as it is."""
    return _words().get(text.strip(), text)


def texts(command: Any) -> Iterator[str]:
    """Every text of help of a command and all below it, but the examples."""
    yield from (text.strip() for text in (command.help, command.short_help) if text)
    yield from (param.help for param in command.params if getattr(param, "help", None))
    for below in getattr(command, "commands", {}).values():
        yield from texts(below)


def _tell(command: Any, manual: type) -> None:
    command.context_class = manual
    command.help = chinese(command.help or "")
    command.short_help = command.help.partition("\n")[0]  # the parser would cut it where a blank stands
    command.epilog = _EXAMPLE.sub("示例：", command.epilog or "").replace("(or: ", "(或：")
    for param in command.params:
        if getattr(param, "help", None):
            param.help = chinese(param.help)
    for below in getattr(command, "commands", {}).values():
        _tell(below, manual)


@cache
def _words() -> dict[str, str]:
    import tomllib
    from importlib import resources

    text = (resources.files("tender_tracker") / "data" / "help.zh.toml").read_text("utf-8")
    return {entry["en"]: entry["zh"] for entry in tomllib.loads(text)["help"]}


class _Lines:
    """What the parser's formatter writes, but in Chinese and by cells; it is laid over the parser's own class."""

    width: int
    current_indent: int
    write: Callable[[str], None]

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, "用法：")  # type: ignore[misc]

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{HEADINGS.get(heading, heading)}：\n")

    def write_text(self, text: str) -> None:
        from tender_tracker.reporting.cells import wrap

        for paragraph in text.splitlines():
            for line in wrap(paragraph, self.width - self.current_indent):
                self.write(f"{'':>{self.current_indent}}{line}".rstrip() + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = COLUMN, col_spacing: int = 2) -> None:
        from tender_tracker.reporting.cells import width, wrap

        found = [(first, _second(second)) for first, second in rows]
        column = min(max((width(first) for first, _ in found), default=0), col_max) + col_spacing
        indent, room = " " * self.current_indent, max(self.width - column - 2, 10)
        for first, second in found:
            lines = wrap(second, room)
            if width(first) > column - col_spacing:
                self.write(f"{indent}{first}\n")
                first = ""
            self.write(f"{indent}{first}{' ' * (column - width(first))}{lines[0]}".rstrip() + "\n")
            for line in lines[1:]:
                self.write(f"{indent}{' ' * column}{line}\n")


def _second(text: str) -> str:
    """What an option does, and in brackets its default and its bounds."""
    extra = _EXTRA.search(text)
    own = chinese(text[: extra.start()] if extra else text)
    if extra is None:
        return own
    words = extra["words"]
    for word, told in EXTRAS.items():
        words = re.sub(rf"\b{word}\b(: )?", lambda found, told=told: told + ("：" if found[1] else ""), words)
    return f"{own}  [{words}]"
