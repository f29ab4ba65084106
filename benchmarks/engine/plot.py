"""The ratios as a picture: a line from the lowest to the highest, a dot at the median, a mark at the bar. Plain SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import median
from typing import Any
from xml.etree import ElementTree as Svg

_LABELS, _PLOT, _ROW, _TOP = 560, 420, 26, 34
_TICKS = (0.5, 1, 2, 4, 8, 16)
_OURS, _SHORT, _BAR = "#2a6f97", "#c1432e", "#555555"


def plot(works: Mapping[str, Mapping[str, Any]]) -> str:
    """An SVG of every claim that was measured pair by pair, on a logarithmic axis."""
    rows = [(name, claim) for name, work in works.items() for claim in work["claims"] if len(claim["values"]) > 1]
    height = _TOP + _ROW * len(rows) + 10
    picture = Svg.Element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_LABELS + _PLOT + 70} {height}",
        style="font: 12px sans-serif; background: white",
    )
    for tick in _TICKS:
        _line(picture, _x(tick), _TOP - 8, _x(tick), height - 10, "#dddddd" if tick != 1 else "#999999")
        _text(picture, _x(tick), 16, f"{tick:g} ×", "middle")
    for number, (name, claim) in enumerate(rows):
        _row(picture, _TOP + _ROW * number + _ROW / 2, name, claim)
    return Svg.tostring(picture, encoding="unicode") + "\n"


def _row(picture: Svg.Element, y: float, name: str, claim: Mapping[str, Any]) -> None:
    values, middle = claim["values"], median(claim["values"])
    colour = _OURS if middle >= claim["bar"] else _SHORT
    _text(picture, _LABELS - 10, y + 4, f"{name}: {claim['what'].removeprefix('× ')} against {claim['against']}", "end")
    _line(picture, _x(claim["bar"]), y - 9, _x(claim["bar"]), y + 9, _BAR, 2)
    _line(picture, _x(min(values)), y, _x(max(values)), y, colour, 3)
    Svg.SubElement(picture, "circle", cx=f"{_x(middle):.1f}", cy=f"{y:.1f}", r="5", fill=colour)
    _text(picture, _LABELS + _PLOT + 12, y + 4, f"{middle:.2f} ×", "start")


def _x(ratio: float) -> float:
    """Where a ratio stands, kept within the axis."""
    low, high = math.log(_TICKS[0]), math.log(_TICKS[-1])
    share = (math.log(max(ratio, 1e-9)) - low) / (high - low)
    return _LABELS + _PLOT * min(1.0, max(0.0, share))


def _line(picture: Svg.Element, x1: float, y1: float, x2: float, y2: float, stroke: str, width: int = 1) -> None:
    ends = {name: f"{value:.1f}" for name, value in (("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2))}
    Svg.SubElement(picture, "line", ends | {"stroke": stroke, "stroke-width": str(width)})


def _text(picture: Svg.Element, x: float, y: float, said: str, anchor: str) -> None:
    found = Svg.SubElement(picture, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "fill": "#222222"})
    found.text = said
