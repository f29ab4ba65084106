"""The map of clusters: a page that needs nothing beside itself, and a picture.

On the page, what the texts say is shown as text and never read as HTML: in the legend it is escaped, and the rest is JSON out of
which the script makes text nodes.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Mapping, Sequence
from colorsys import hls_to_rgb
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tasktune.verbs.fonts import families_for
from tasktune.verbs.progress import say

if TYPE_CHECKING:
    from tasktune.verbs.cluster import Clustering

_PAGE: Final = Path(__file__).with_suffix(".html")
_SHOWN: Final = 300
"""Characters of a text that the page shows."""

_GREY: Final = "#8b949c"
_NAMED: Final = 40
"""Clusters whose names are written into the picture, at most: of more, the largest."""

_NO_FONT: Final = (
    "map.png shows boxes for {count} characters ({some} …) that no font here has; map.html shows them by the reader's own fonts. "
    "To have them in the picture, install such a font (Chinese, Japanese, Korean: apt install fonts-noto-cjk) and run it again"
)


def colours(count: int) -> list[str]:
    """So many colours, those next to each other far apart in hue."""
    hues = [(0.57 + k * 0.381966) % 1 for k in range(count)]  # the golden angle
    light = [(0.46, 0.60, 0.38)[k % 3] for k in range(count)]
    return [
        "#{:02x}{:02x}{:02x}".format(*(round(255 * part) for part in hls_to_rgb(*both, 0.62)))
        for both in zip(hues, light, strict=True)
    ]


def page(found: Clustering, title: str) -> str:
    """The page."""
    shades = colours(len(found.clusters))
    data = {
        "names": [cluster.name for cluster in found.clusters],
        "colours": shades,
        "clusters": [-1 if text.cluster is None else text.cluster for text in found.texts],
        "xs": [round(text.x, 4) for text in found.texts],
        "ys": [round(text.y, 4) for text in found.texts],
        "texts": [text.text[:_SHOWN] for text in found.texts],
    }
    legend = [
        _entry(k, cluster.name, cluster.size, shade)
        for k, (cluster, shade) in enumerate(zip(found.clusters, shades, strict=True))
    ]
    if found.outside:
        legend.append(_entry(-1, "in no cluster", found.outside, _GREY))
    filled = {
        "TITLE": escape(title),
        "SUMMARY": _summary(found),
        "LEGEND": "\n".join(legend),
        "DATA": json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"),
    }
    return _filled(_PAGE.read_text(encoding="utf-8"), filled)


def _summary(found: Clustering) -> str:
    return f"{len(found.texts):,} texts in {len(found.clusters)} clusters"


def _entry(number: int, name: str, size: int, colour: str) -> str:
    return (
        f'<li><button data-cluster="{number}"><i style="background:{colour}"></i>'
        f"<span>{escape(name)}</span><small>{size:,}</small></button></li>"
    )


def _filled(template: str, values: Mapping[str, str]) -> str:
    """The template with its @NAMES@ filled in, once: what is filled in is not looked at again."""
    return re.sub("@([A-Z]+)@", lambda match: values[match[1]], template)


def draw(found: Clustering, title: str, path: Path) -> None:
    """Write the picture (PNG)."""
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    named = found.clusters[:_NAMED]
    family, missing = families_for(title + "".join(cluster.name for cluster in named))
    if missing:
        say(_NO_FONT.format(count=len(missing), some="".join(sorted(missing)[:5])))
    shades = [*colours(len(found.clusters)), _GREY]
    places = np.array([(text.x, text.y) for text in found.texts])
    numbers = np.array([-1 if text.cluster is None else text.cluster for text in found.texts])
    figure = Figure(figsize=(13, 9.5), dpi=150, facecolor="white", layout="constrained")
    axes: Any = figure.add_subplot()
    size = min(60.0, max(3.0, 36_000 / len(numbers)))
    order = np.argsort(numbers >= 0, kind="stable")  # what is in no cluster lies below
    axes.scatter(*places[order].T, s=size, c=[shades[k] for k in numbers[order]], alpha=0.75, linewidths=0)
    axes.set_axis_off()
    axes.set_title(title, loc="left", fontsize=18, fontweight=_weight(family), color="#1d2328", family=family, pad=30)
    axes.text(0, 1.02, _summary(found), transform=axes.transAxes, fontsize=11, color="#69737c")
    _write_names(axes, found, places, numbers, family)
    _legend(axes, found, shades, family)
    texts: list[Any] = figure.findobj(Text)
    for written in texts:
        written.set_parse_math(False)  # a dollar is a dollar
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # a script that no font here has
        figure.savefig(path, metadata={"Software": None})


def _weight(family: Sequence[str]) -> str:
    """Bold in matplotlib's own font; others may have no such face."""
    return "bold" if len(family) == 1 else "normal"


def _write_names(axes: Any, found: Clustering, places: Any, numbers: Any, family: Sequence[str]) -> None:
    """Each name in the middle of its cluster, with a white edge."""
    from matplotlib.patheffects import withStroke

    for k, cluster in enumerate(found.clusters[:_NAMED]):
        x, y = np.median(places[numbers == k], axis=0)
        written = axes.text(
            x, y, cluster.name, ha="center", va="center", fontsize=9, fontweight=_weight(family), color="#1d2328", family=family
        )
        written.set_path_effects([withStroke(linewidth=3, foreground="white", alpha=0.85)])


def _legend(axes: Any, found: Clustering, shades: Sequence[str], family: Sequence[str]) -> None:
    from matplotlib.lines import Line2D

    entries = [
        (f"{cluster.name} ({cluster.size})", shade) for cluster, shade in zip(found.clusters[:_NAMED], shades, strict=False)
    ]
    if found.outside:
        entries.append((f"in no cluster ({found.outside})", _GREY))
    handles = [Line2D([], [], marker="o", linestyle="", markersize=7, color=shade, label=name) for name, shade in entries]
    axes.legend(handles=handles, loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, prop={"family": family, "size": 9})
