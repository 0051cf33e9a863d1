"""Values → SVG text without scripts: lengths in per cent, letters in pixels, so that it is legible at any width.

Colours are classes of data/report.css. Every chart has a title and a description; what others wrote is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from tender_tracker.reporting.cells import clip
from tender_tracker.reporting.clean import terminal

TICKS, LABELS = 4, 6
"""At most so many lines across a chart of columns, and words below it."""
_TOP, _PLOT, _FOOT = 16, 176, 24
"""Pixels above, inside and below the plot of columns."""
_ROW, _THICK = 38, 10
"""Pixels of a row of bars and of its bar."""
_SCALE = 7
"""Per cent left of the columns, for the numbers of the lines."""
_LABEL = 24
"""Cells of a bar's label."""
_SLOTS = 10
"""Columns are never wider than a tenth of the chart."""


@dataclass(frozen=True, slots=True)
class Stack:
    """One column: `values` from the bottom up, one for each class of the chart; `tip` is shown under the pointer."""

    label: str
    values: tuple[int, ...]
    tip: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: `label` to the left, `note` to the right, below them a bar of `value`."""

    label: str
    note: str
    value: float


def columns(key: str, title: str, about: str, classes: Sequence[str], stacks: Sequence[Stack]) -> str:
    """Stacked columns in the order given, over lines at round numbers. `key` makes ids unique in a page."""
    step = _step(max(sum(stack.values) for stack in stacks))
    lines = ceil(max(sum(stack.values) for stack in stacks) / step) or 1
    body = [*_grid(step, lines), *_stacks(classes, stacks, step * lines)]
    return _svg(key, title, about, _TOP + _PLOT + _FOOT, body)


def _step(most: int) -> int:
    """The smallest of 1, 2, 5, 10, 20 … of which few enough reach `most`."""
    least = max(1.0, most / TICKS)
    power = 10 ** floor(log10(least))
    return int(next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least))


def _grid(step: int, lines: int) -> Iterator[str]:
    for line in range(lines + 1):
        y = _TOP + _PLOT - _PLOT * line / lines
        yield f'<line class="grid" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>'
        if line:
            yield f'<text class="tick" x="0" y="{y - 4:.1f}">{step * line:,}</text>'


def _stacks(classes: Sequence[str], stacks: Sequence[Stack], top: int) -> Iterator[str]:
    slot = (100 - _SCALE) / max(len(stacks), _SLOTS)
    left, every = (100 + _SCALE - slot * len(stacks)) / 2, ceil(len(stacks) / LABELS)
    for place, stack in enumerate(stacks):
        x, y = left + slot * place, float(_TOP + _PLOT)
        yield f"<g><title>{_safe(stack.tip)}</title>"
        for kind, value in zip(classes, stack.values, strict=True):
            height = _PLOT * value / top
            y -= height
            if value:
                box = f'x="{x + slot * 0.14:.2f}%" y="{y:.1f}" width="{slot * 0.72:.2f}%" height="{height:.1f}"'
                yield f'<rect class="{kind}" {box}/>'
        yield "</g>"
        if place % every == 0:
            at = f'x="{x + slot / 2:.2f}%" y="{_TOP + _PLOT + 17}"'
            yield f'<text class="tick" text-anchor="middle" {at}>{_safe(stack.label)}</text>'


def bars(key: str, title: str, about: str, rows: Sequence[Bar]) -> str:
    """Rows from the top down, the longest bar as wide as the chart; a value of 0 has no bar."""
    longest = max((row.value for row in rows), default=0) or 1
    body = []
    for place, row in enumerate(rows):
        y = place * _ROW
        body.append(f'<text class="label" x="0" y="{y + 14}">{_safe(short(row.label))}</text>')
        body.append(f'<text class="note" text-anchor="end" x="100%" y="{y + 14}">{_safe(row.note)}</text>')
        body.append(f'<rect class="track" x="0" y="{y + 20}" width="100%" height="{_THICK}" rx="2"/>')
        if row.value > 0:
            wide = max(0.4, 100 * row.value / longest)
            body.append(f'<rect class="bar" x="0" y="{y + 20}" width="{wide:.2f}%" height="{_THICK}" rx="2"/>')
    return _svg(key, title, about, _ROW * len(rows), body)


def strip(key: str, title: str, about: str, classes: Sequence[str], values: Sequence[int]) -> str:
    """One bar as wide as the chart, divided as the values are."""
    whole, x, body = sum(values) or 1, 0.0, []
    for kind, value in zip(classes, values, strict=True):
        wide = 100 * value / whole
        if value:
            body.append(f'<rect class="{kind} part" x="{x:.2f}%" y="0" width="{wide:.2f}%" height="28"/>')
        x += wide
    return _svg(key, title, about, 28, body)


def short(label: str) -> str:
    """A label that leaves room for a figure beside it, also on a phone."""
    return clip(label, _LABEL).rstrip()


def _svg(key: str, title: str, about: str, height: int, body: Sequence[str]) -> str:
    head = f'<svg role="img" aria-labelledby="{key}-title {key}-about" width="100%" height="{height}">'
    words = f'<title id="{key}-title">{_safe(title)}</title><desc id="{key}-about">{_safe(about)}</desc>'
    return "\n".join((head, words, *body, "</svg>"))


def _safe(text: str) -> str:
    return escape(terminal(text))
