"""The page's charts as SVG: bars with the count written on or beside each, in Arial.

Every chart is laid out here in pixels, so that labels never cover each other, and drawn by Altair.
Charts are decoration for those who see them: the page gives the same numbers in words and tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from remi.release.drawing import (
    BLACK,
    DARK_BLUE,
    INK,
    ORANGE,
    TRACK,
    WHITE,
    Bar,
    Label,
    draw,
    is_dark,
    stage_colours,
    text_width,
)

WIDE = 720
NARROW = 300


@dataclass(frozen=True)
class Shares:
    """A name and how many partners are at each place of a scale, in its order."""

    name: str
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Movement:
    """How many partners moved up, stayed and moved down."""

    name: str
    up: int
    same: int
    down: int


@dataclass(frozen=True)
class PartOf:
    """A count, and the whole that it is a part of."""

    name: str
    part: int
    whole: int


def stages_chart(rows: Sequence[Shares], width: int) -> str:
    """One stacked bar for each row, from the lowest stage on the left to the highest."""
    fills = stage_colours(max(len(row.counts) for row in rows))
    bars: list[Bar] = []
    labels: list[Label] = []
    high, top = 34, 0.0
    for row in rows:
        top = _headed(labels, row.name, top, width)
        total = sum(row.counts)
        inside, outside = _where_counts_fit(row.counts, width)
        top += 24 if outside else 4
        start = 0.0
        for place, (number, fill) in enumerate(zip(row.counts, fills, strict=True)):
            size = number / total * width if total else 0
            if number:
                bars.append(Bar(start + 1, top, max(size - 2, 2), high, fill, DARK_BLUE))
            if place in inside:
                colour = WHITE if is_dark(fill) else BLACK
                middle = start + size / 2
                labels.append(
                    Label(middle, top + high / 2, str(number), 15, colour, "center", bold=True)
                )
            start += size
        labels += _kept_apart(outside, top - 10, width)
        if not total:
            labels.append(Label(0, top + 8, "No partner has a stage that can be counted", 14))
        top += high + 22
    return draw(bars, labels, width, top - 21)


def _where_counts_fit(
    numbers: Sequence[int], width: int
) -> tuple[set[int], list[tuple[float, int]]]:
    """Places whose count fits in its bar, and the others as the middle of the bar and the count."""
    total = sum(numbers)
    inside: set[int] = set()
    outside: list[tuple[float, int]] = []
    start = 0.0
    for place, number in enumerate(numbers):
        size = number / total * width if total else 0
        if number and size >= text_width(str(number), 15) + 6:
            inside.add(place)
        elif number:
            outside.append((start + size / 2, number))
        start += size
    return inside, outside


def movement_chart(rows: Sequence[Movement], width: int) -> str:
    """Down to the left, up to the right, and those who stayed written in the middle."""
    bars: list[Bar] = []
    labels: list[Label] = []
    high, top = 30, 0.0
    middle, room = 84 if width > NARROW else 62, 58 if width > NARROW else 46
    side = (width - middle) / 2
    longest = max((max(row.up, row.down) for row in rows), default=0) or 1
    for row in rows:
        top = _headed(labels, row.name, top, width) + 4
        half = top + high / 2
        bars.append(Bar(side, top, middle, high, TRACK, TRACK))
        labels.append(Label(width / 2, half, f"{row.same} same", 14, INK, "center"))
        down = row.down / longest * (side - room)
        up = row.up / longest * (side - room)
        if row.down:
            bars.append(Bar(side - 2 - down, top, down, high, ORANGE, INK))
        if row.up:
            bars.append(Bar(side + middle + 2, top, up, high, DARK_BLUE, DARK_BLUE))
        labels.append(Label(side - 8 - down, half, f"▼ {row.down}", 15, INK, "right", bold=True))
        labels.append(Label(side + middle + 8 + up, half, f"▲ {row.up}", 15, INK, bold=True))
        top += high + 24
    return draw(bars, labels, width, top - 23)


def parts_chart(rows: Sequence[PartOf], width: int) -> str:
    """For each row its part of the whole as a filled track, with “part of whole” written out."""
    bars: list[Bar] = []
    labels: list[Label] = []
    top = 0.0
    for row in rows:
        said = f"{row.part} of {row.whole}"
        lines = _lines(row.name, width - text_width(said, 15) - 12, 15)
        labels += [Label(0, top + 10 + 18 * i, line, 15) for i, line in enumerate(lines)]
        labels.append(Label(width, top + 10, said, 15, INK, "right", bold=True))
        track = top + 18 * len(lines) + 5
        bars.append(Bar(0.5, track, width - 1, 12, WHITE, DARK_BLUE))
        if row.part and row.whole:
            bars.append(
                Bar(0.5, track, row.part / row.whole * (width - 1), 12, DARK_BLUE, DARK_BLUE)
            )
        top = track + 30
    return draw(bars, labels, width, top - 12)


def counts_chart(rows: Sequence[tuple[str, int]], width: int) -> str:
    """Bars from one line, each with its name above it and its count at its end."""
    bars: list[Bar] = []
    labels: list[Label] = []
    longest = max((count for _, count in rows), default=0) or 1
    top = 0.0
    for name, count in rows:
        lines = _lines(name, width, 15)
        labels += [Label(0, top + 10 + 18 * i, line, 15) for i, line in enumerate(lines)]
        bar = top + 18 * len(lines) + 4
        size = count / longest * (width - 44)
        bars.append(Bar(0.5, bar, size, 20, DARK_BLUE, DARK_BLUE))
        labels.append(Label(size + 8, bar + 10, str(count), 15, bold=True))
        top = bar + 38
    return draw(bars, labels, width, top - 12)


def _headed(labels: list[Label], name: str, top: float, width: int) -> float:
    """Write the name of a row, in as many lines as it needs; where what is under it begins."""
    lines = _lines(name, width, 17)
    labels += [Label(0, top + 10 + 20 * i, line, 16, bold=True) for i, line in enumerate(lines)]
    return top + 2 + 20 * len(lines)


def _kept_apart(outside: list[tuple[float, int]], y: float, width: int) -> list[Label]:
    """Counts of bars too thin to hold them, above the bar and moved so that none overlap."""
    sizes = [text_width(str(count), 14) + 4 for _, count in outside]
    places = [max(middle, size / 2) for (middle, _), size in zip(outside, sizes, strict=True)]
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + (sizes[i - 1] + sizes[i]) / 2)
    right = float(width)
    for i in reversed(range(len(places))):
        places[i] = min(places[i], right - sizes[i] / 2)
        right = places[i] - sizes[i] / 2
    return [
        Label(x, y, str(count), 14, INK, "center", bold=True)
        for x, (_, count) in zip(places, outside, strict=True)
    ]


def _lines(text: str, width: float, size: int) -> list[str]:
    return wrap(text, max(int(width / (size * 0.52)), 8)) or [""]
