"""Group texts by what they are about: embed them, find the groups, name each by its most telling words, and draw a map."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from tasktune.core import InputError, Record
from tasktune.datasets import Data, questions
from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.clustering import clustering
from tasktune.models.embedder import embedder
from tasktune.models.model import Model, saved
from tasktune.notations.telling import telling_words
from tasktune.readers import write
from tasktune.recipe import Recipe
from tasktune.scores import Scores
from tasktune.tasks import task
from tasktune.verbs import grouping
from tasktune.verbs.cluster_map import draw, page
from tasktune.verbs.progress import counted, say

_WORDS = 8
_IN_NAME = 3


@dataclass(frozen=True, slots=True)
class ClusteredText:
    """A text, the number and name of its cluster (`None` and "" where it is in none), how far it is from the middle of that
    (1 - cosine), and its place on the map, in the unit square.
    """

    text: str
    cluster: int | None
    name: str
    distance: float | None
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """A group of texts: how many, its name, its most telling words, and the text that is nearest to its middle."""

    name: str
    size: int
    words: tuple[str, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Clustering:
    """What `cluster` found: every text in its order, the clusters, the largest first, and scores where the texts have labels."""

    texts: tuple[ClusteredText, ...]
    clusters: tuple[Cluster, ...]
    scores: Scores | None = None

    @property
    def outside(self) -> int:
        """How many texts are in no cluster."""
        return sum(text.cluster is None for text in self.texts)

    def save(self, folder: Path | str, title: str = "Clusters") -> Path:
        """Write `clusters.jsonl` (a line a text), `clusters.csv` (a line a cluster), `map.html` and `map.png`.

        Refuses a path that is taken.
        """

        def write_all(out: Path) -> None:
            write(out / "clusters.jsonl", map(asdict, self.texts))
            write(out / "clusters.csv", self._summary())
            (out / "map.html").write_text(page(self, title), encoding="utf-8")
            draw(self, title, out / "map.png")

        return saved(Path(folder), write_all)

    def _summary(self) -> Iterator[dict[str, Any]]:
        for number, found in enumerate(self.clusters):
            share = round(found.size / len(self.texts), 4)
            yield {"cluster": number, **asdict(found), "share": share, "words": " ".join(found.words)}


def cluster(
    data: Data,
    model: Model | Path | str = "minilm",
    clusters: int | Literal["auto"] | None = None,
    smallest: int = 10,
    recipe: Recipe | None = None,
    mapping: Mapping[str, str] | None = None,
    format: str | None = None,
) -> Clustering:
    """Group the texts of `data`, by the vectors that `model` gives them: a name, folder or hub id, or a tuned `embedding` model.

    `clusters` is how many there are to be (k-means), or "auto" for the number with the best silhouette. Without, there is one
    wherever `smallest` texts or more lie dense (HDBSCAN), and what lies elsewhere is in none. Where the data have labels, the
    clusters are scored by them. Raises `InputError` where there are too few texts, or scikit-learn is not installed.
    """
    grouping.refuse_missing()
    chosen = recipe or Recipe()
    records: list[Any] = list(questions(task("classification"), data, mapping, format))
    if not records:
        raise InputError("there are no texts to cluster")
    texts = [str(record.text) for record in records]
    vectors = _vectors(embedder(model, chosen), texts)
    numbers, places = _grouped(vectors, clusters, smallest, chosen.seed)
    found = _told(texts, numbers, grouping.distances(vectors, numbers), places)
    _warn(found, smallest)
    return replace(found, scores=_scores(records, numbers))


def _vectors(model: Model, texts: Sequence[str]) -> grouping.Vectors:
    """Vectors (texts, D) of length 1; of length 0 for a text that the model's policy drops."""
    vectors = np.nan_to_num(model.embed(counted(texts, "embedding")))
    found: grouping.Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-9)
    return found


def _grouped(
    vectors: grouping.Vectors, clusters: int | Literal["auto"] | None, smallest: int, seed: int
) -> tuple[grouping.Numbers, Any]:
    """The number of the group of each text, and its place on the map."""
    parts = grouping.components(vectors, seed)
    places = grouping.layout(parts, seed)
    match clusters:
        case None:
            return grouping.dense_groups(places, smallest), places
        case "auto":
            return grouping.best_k_means(parts, seed), places
        case int():
            return grouping.k_means(parts, clusters, seed), places


def _told(texts: Sequence[str], numbers: grouping.Numbers, distances: Any, places: Any) -> Clustering:
    """The clusters with their names, and the texts with their clusters."""
    groups = {group: [texts[k] for k in np.flatnonzero(numbers == group).tolist()] for group in range(numbers.max() + 1)}
    telling = telling_words(groups, _WORDS)
    clusters = [
        Cluster(
            name=", ".join(telling[group][:_IN_NAME]) or f"cluster {group}",
            size=len(inside),
            words=telling[group],
            example=texts[int(np.where(numbers == group, distances, np.inf).argmin())],
        )
        for group, inside in groups.items()
    ]
    rows = zip(texts, numbers.tolist(), distances.round(6).tolist(), places.round(6).tolist(), strict=True)
    return Clustering(tuple(_text(clusters, *row) for row in rows), tuple(clusters))


def _text(clusters: Sequence[Cluster], text: str, number: int, distance: float, place: Sequence[float]) -> ClusteredText:
    if number == grouping.OUTSIDE:
        return ClusteredText(text, None, "", None, *place)
    return ClusteredText(text, number, clusters[number].name, distance, *place)


def _warn(found: Clustering, smallest: int) -> None:
    tiny = [f"{cluster.name} ({cluster.size})" for cluster in found.clusters if cluster.size < smallest]
    if tiny:
        more = " …" if len(tiny) > 3 else ""
        say(f"{len(tiny)} clusters have fewer than {smallest} texts: {'; '.join(tiny[:3])}{more}. Fewer clusters may suit better")


def _scores(records: Iterable[Record], numbers: grouping.Numbers) -> Scores | None:
    """How well the clusters agree with the labels of those records that have one; `None` where none has."""
    tally = Tally(clustering)
    for record, number in zip(records, numbers.tolist(), strict=True):
        if record.answer is not None:
            tally.add(record, number)
    return tally.scores() if tally.records else None
