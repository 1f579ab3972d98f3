"""Bars and labels at given places, drawn by Altair as an SVG, and the colours they may have."""

from __future__ import annotations

from collections.abc import Sequence
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass
from typing import Literal

import altair as alt
import vl_convert

DARK_BLUE = "#12436D"
ORANGE = "#F46A25"
WHITE = "#FFFFFF"
BLACK = "#000000"
INK = "#212B32"
TRACK = "#E8EDEE"

_FONT = "Arial"


@dataclass(frozen=True)
class Bar:
    """A rectangle, in pixels from the top left."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    edge: str


@dataclass(frozen=True)
class Label:
    """A line of text whose middle lies at height `y`."""

    x: float
    y: float
    text: str
    size: int
    colour: str = INK
    anchor: Literal["left", "center", "right"] = "left"
    bold: bool = False


def stage_colours(n: int) -> tuple[str, ...]:
    """`n` fills from white to dark blue in one hue; each is drawn with a dark blue edge."""
    hue, darkest, saturation = rgb_to_hls(*_parts(DARK_BLUE))
    steps = [place / (n - 1) if n > 1 else 1.0 for place in range(n)]
    return tuple(
        "#"
        + "".join(
            f"{round(255 * part):02X}"
            for part in hls_to_rgb(hue, 1 - (1 - darkest) * step, saturation)
        )
        for step in steps
    )


def text_width(text: str, size: int) -> float:
    """How wide the text may be in Arial, in pixels; a little more than it is."""
    return len(text) * size * 0.58


def is_dark(colour: str) -> bool:
    """Whether white text reads better on the colour than black text (WCAG relative luminance)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in _parts(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.179


def draw(bars: Sequence[Bar], labels: Sequence[Label], width: int, height: float) -> str:
    """The SVG of these bars and labels, hidden from screen readers and the same each time."""
    x_scale = alt.Scale(domain=[0, width], nice=False, zero=False)
    y_scale = alt.Scale(domain=[0, height], reverse=True, nice=False, zero=False)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=x_scale, axis=None)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=y_scale, axis=None)

    layers = [
        alt.Chart(alt.InlineData(values=[_corners(bar) for bar in bars]))
        .mark_bar(opacity=1, strokeWidth=1, strokeOpacity=1)
        .encode(
            x=x("left"),
            x2="right:Q",
            y=y("top"),
            y2="bottom:Q",
            fill=alt.Fill("fill:N", scale=None),
            stroke=alt.Stroke("edge:N", scale=None),
        )
    ]
    # Weight and anchor are properties of a mark in Vega-Lite, so each kind is a layer of its own.
    for anchor in ("left", "center", "right"):
        for bold in (False, True):
            some = [one for one in labels if one.anchor == anchor and one.bold is bold]
            layers += [
                alt.Chart(alt.InlineData(values=[_written(label) for label in some]))
                .mark_text(
                    align=anchor,
                    baseline="middle",
                    fontWeight="bold" if bold else "normal",
                    opacity=1,
                )
                .encode(
                    x=x("left"),
                    y=y("top"),
                    text="text:N",
                    size=alt.Size("size:Q", scale=None),
                    color=alt.Color("colour:N", scale=None),
                )
            ] * bool(some)
    chart = (
        alt.layer(*layers)
        .properties(width=width, height=height, padding=0, autosize=alt.AutoSizeParams(type="none"))
        .configure(font=_FONT, background="transparent", aria=False)
        .configure_view(stroke=None)
    )
    svg: str = vl_convert.vegalite_to_svg(chart.to_json(validate=True))
    return svg.replace(
        "<svg ", f'<svg aria-hidden="true" focusable="false" font-family="{_FONT}" ', 1
    )


def _corners(bar: Bar) -> dict[str, float | str]:
    return {
        "left": bar.x,
        "right": bar.x + bar.width,
        "top": bar.y,
        "bottom": bar.y + bar.height,
        "fill": bar.fill,
        "edge": bar.edge,
    }


def _written(label: Label) -> dict[str, float | str]:
    return {
        "left": label.x,
        "top": label.y,
        "text": label.text,
        "size": label.size,
        "colour": label.colour,
    }


def _parts(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue
