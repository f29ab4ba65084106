"""From vectors to groups, and to places on a map: k-means or HDBSCAN, t-SNE or UMAP, the same for the same seed.

Vectors are brought to fewer dimensions first, by principal components: that is faster, and what is left out is mostly noise.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tasktune.core import InputError

Vectors = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.intp]

OUTSIDE: Final = -1
"""The number of the group of what is in none."""

_COMPONENTS: Final = 50
_MANY: Final = 20_000
"""Texts from which on k-means sees only some of them at a time."""

_DRAWN: Final = 10_000
"""Texts that are laid out, at most; the others are put among their neighbours."""

_COMPARED: Final = 2_000
"""Texts by which numbers of groups are compared."""

_NEIGHBOURS: Final = 5
"""Texts near to one that lies dense, itself included, at least."""

_POSSIBLE: Final = (*range(2, 21), 25, 30, 40, 50, 60, 80, 100)


def refuse_missing() -> None:
    """Raise `InputError` where what groups and draws is not installed."""
    if missing := [name for name in ("sklearn", "matplotlib") if find_spec(name) is None]:
        raise InputError(f"to cluster takes {' and '.join(missing)}; install it with: pip install 'tasktune[cluster]'")


def components(vectors: Vectors, seed: int) -> Vectors:
    """The first 50 principal components (texts, 50) of vectors (texts, D); the vectors themselves where there are no more."""
    from sklearn.decomposition import PCA

    if min(vectors.shape) <= _COMPONENTS:
        return vectors
    found: Vectors = PCA(_COMPONENTS, svd_solver="randomized", random_state=seed).fit_transform(vectors)
    return found


def k_means(vectors: Vectors, groups: int, seed: int) -> Numbers:
    """So many groups around centres (Lloyd 1982; of ten starts the best). Their numbers, the largest group first."""
    from sklearn.cluster import KMeans, MiniBatchKMeans

    if not 1 <= groups <= len(vectors):
        raise InputError(f"{len(vectors)} texts cannot make {groups} clusters; give --clusters 1 to {len(vectors)}")
    many: Any = MiniBatchKMeans(groups, batch_size=4096, n_init=10, random_state=seed)
    chosen = many if len(vectors) > _MANY else KMeans(groups, n_init=10, random_state=seed)
    return _by_size(chosen.fit_predict(vectors))


def best_k_means(vectors: Vectors, seed: int) -> Numbers:
    """As many groups as have the best silhouette (Rousseeuw 1987), of 2 to 100."""
    from sklearn.metrics import silhouette_score

    some = np.random.default_rng(seed).permutation(len(vectors))[:_COMPARED]
    possible = [groups for groups in _POSSIBLE if groups <= len(some) // 4]
    if not possible:
        raise InputError(f"{len(vectors)} texts are too few to choose how many clusters; say how many with --clusters")
    quality = {groups: silhouette_score(vectors[some], k_means(vectors[some], groups, seed)) for groups in possible}
    return k_means(vectors, max(possible, key=quality.__getitem__), seed)


def dense_groups(places: npt.NDArray[np.float64], smallest: int) -> Numbers:
    """Groups of `smallest` or more where texts lie dense on the map, and what lies outside (HDBSCAN, Campello et al. 2013).

    On the map, since in many dimensions nothing lies dense (as in BERTopic, Grootendorst 2022).
    """
    from sklearn.cluster import HDBSCAN

    if smallest < 2:
        raise InputError(f"--smallest {smallest}: a cluster has 2 texts or more")
    found = np.full(len(places), OUTSIDE)
    if len(places) >= smallest:
        found = HDBSCAN(smallest, min_samples=min(_NEIGHBOURS, smallest), copy=True).fit_predict(places)
    if (found == OUTSIDE).all():
        raise InputError(
            f"the texts lie nowhere so dense that {smallest} or more of them make a cluster; "
            "give --smallest a lower number, or say how many clusters there are with --clusters"
        )
    return _by_size(found)


def _by_size(numbers: Numbers) -> Numbers:
    """Groups numbered anew from 0, the largest first, of two as large the one that comes first."""
    names, first, sizes = np.unique(numbers[numbers != OUTSIDE], return_index=True, return_counts=True)
    order = names[np.lexsort((first, -sizes))]
    place = {OUTSIDE: OUTSIDE, **{int(name): k for k, name in enumerate(order)}}
    return np.array([place[int(number)] for number in numbers], dtype=np.intp)


def distances(vectors: Vectors, numbers: Numbers) -> npt.NDArray[np.float64]:
    """How far each text, by its vector of length 1, is from the middle of its group, as 1 - cosine; nan outside of all."""
    found = np.full(len(vectors), np.nan)
    for group in range(numbers.max() + 1):
        inside = numbers == group
        middle = vectors[inside].mean(0)
        found[inside] = 1 - vectors[inside] @ middle / np.linalg.norm(middle).clip(1e-9)
    return found


def layout(vectors: Vectors, seed: int) -> npt.NDArray[np.float64]:
    """Places (texts, 2) in the unit square.

    By UMAP (McInnes et al. 2018) where it is installed, else by t-SNE (van der Maaten & Hinton 2008).
    """
    drawn = np.sort(np.random.default_rng(seed).permutation(len(vectors))[:_DRAWN])
    places = np.empty((len(vectors), 2))
    places[drawn] = _laid_out(vectors[drawn], seed)
    others = np.setdiff1d(np.arange(len(vectors)), drawn)
    if len(others):
        places[others] = _among_neighbours(vectors[drawn], places[drawn], vectors[others])
    low, high = places.min(0), places.max(0)
    unit: npt.NDArray[np.float64] = (places - low) / np.where(high > low, high - low, 1)
    return unit


def _laid_out(vectors: Vectors, seed: int) -> Any:
    if len(vectors) < 5:  # too few to have neighbours
        return np.column_stack([np.arange(len(vectors)), np.zeros(len(vectors))])
    if find_spec("umap") is not None:
        from umap import UMAP

        return UMAP(random_state=seed, n_jobs=1).fit_transform(vectors)
    from sklearn.manifold import TSNE

    return TSNE(perplexity=min(30, (len(vectors) - 1) / 3), random_state=seed).fit_transform(vectors)


def _among_neighbours(drawn: Vectors, places: Any, others: Vectors) -> Any:
    """The middle of where the three nearest texts lie."""
    from sklearn.neighbors import NearestNeighbors

    nearest = NearestNeighbors(n_neighbors=3, algorithm="brute").fit(drawn).kneighbors(others, return_distance=False)
    return places[nearest].mean(1)
