import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from remi.release.charts import (
    NARROW,
    WIDE,
    Movement,
    PartOf,
    Shares,
    counts_chart,
    movement_chart,
    parts_chart,
    stages_chart,
)
from remi.release.drawing import is_dark, stage_colours

LONG = "Partners that work with people who have been waiting a long time to be heard"


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def texts(svg: str) -> list[tuple[float, float, float, str]]:
    """Left edge, right edge, height and words of each text, with a narrow estimate of its width."""
    found = []
    for node in etree.fromstring(svg.encode()).iter("{*}text"):
        place = re.match(r"translate\(([-\d.]+),([-\d.]+)\)", node.get("transform"))
        assert place
        x, y = float(place[1]), float(place[2])
        size = float(node.get("font-size").removesuffix("px"))
        length = len(node.text) * size * 0.5
        shift = {"start": 0.0, "middle": 0.5, "end": 1.0}[node.get("text-anchor")]
        found.append((x - shift * length, x + (1 - shift) * length, y, node.text))
    return found


@pytest.mark.parametrize("stages", range(2, 12))
def test_stages_go_from_light_to_dark_with_counts_that_can_be_read(stages: int) -> None:
    fills = stage_colours(stages)
    assert len(set(fills)) == stages
    assert all(luminance(one) > luminance(next_) for one, next_ in pairwise(fills))
    for fill in fills:
        assert contrast(fill, "#FFFFFF" if is_dark(fill) else "#000000") >= 4.5
    assert contrast("#12436D", "#FFFFFF") >= 3


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=7, max_size=7), st.sampled_from([WIDE, NARROW]))
def test_every_count_is_written_once_and_none_covers_another(
    numbers: list[int], width: int
) -> None:
    svg = stages_chart([Shares("Workforce", tuple(numbers))], width)
    written = [one for one in texts(svg) if one[3].isdecimal()]
    assert sorted(one[3] for one in written) == sorted(str(n) for n in numbers if n)
    for height in {one[2] for one in written}:
        row = sorted(one for one in written if one[2] == height)
        assert all(left[1] <= right[0] for left, right in pairwise(row))
        assert row[0][0] >= -1
        assert row[-1][1] <= width + 1


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize(
    "drawn",
    [
        lambda width: stages_chart([Shares(LONG, (1, 2, 3))], width),
        lambda width: movement_chart([Movement(LONG, 120, 100, 120)], width),
        lambda width: parts_chart([PartOf(LONG, 100, 120)], width),
        lambda width: counts_chart([(LONG, 120)], width),
    ],
)
def test_nothing_is_written_beyond_the_edge(drawn: Callable[[int], str], width: int) -> None:
    svg = drawn(width)
    height = float(etree.fromstring(svg.encode()).get("height"))
    for left, right, y, _ in texts(svg):
        assert left >= -1
        assert right <= width + 1
        assert 0 < y < height


def test_the_same_numbers_are_drawn_the_same() -> None:
    rows = [Movement("Leadership", 12, 43, 3)]
    assert movement_chart(rows, WIDE) == movement_chart(rows, WIDE)


def test_those_who_moved_are_told_apart_without_colour() -> None:
    words = [one[3] for one in texts(movement_chart([Movement("Leadership", 12, 43, 3)], WIDE))]
    assert {"▲ 12", "43 same", "▼ 3"} <= set(words)
