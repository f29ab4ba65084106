"""Texts grouped, named and drawn: what is written, that it is the same again, and that no text is read as HTML."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tasktune as tt
from tasktune.core import InputError
from tasktune.verbs import grouping
from tasktune.verbs.cluster import Cluster, ClusteredText, Clustering
from tasktune.verbs.cluster_map import colours, draw, page
from tasktune.verbs.slips import how_many

SHIPS = [f"the {kind} {ship} left port" for kind in ("old", "new", "red") for ship in ("ferry", "tug", "trawler", "tanker")]
FOOD = [f"boil {food} for {n} minutes" for n in ("two", "ten", "six") for food in ("rice", "eggs", "beans", "leeks")]
EVIL = "</script><script>alert(1)</script><b>&amp; \u2028 @DATA@"


@pytest.fixture(scope="module")
def model(tiny: Callable[[str], Path]) -> str:
    return str(tiny("bert"))


@pytest.fixture(scope="module")
def found(model: str) -> Clustering:
    rows = [{"text": text, "label": label} for texts, label in ((SHIPS, "sea"), (FOOD, "kitchen")) for text in texts]
    return tt.cluster(rows, model=model, clusters=2)


@pytest.mark.slow
def test_texts_that_are_alike_are_together_and_named_by_their_words(found: Clustering):
    assert found.scores is not None
    assert found.scores.values["accuracy"].value == 1.0
    assert [cluster.size for cluster in found.clusters] == [12, 12]
    assert {"port", "left"} & set(found.texts[0].name.split(", "))
    assert "boil" in found.texts[-1].name
    assert found.clusters[0].example in SHIPS + FOOD
    assert [text.text for text in found.texts] == SHIPS + FOOD
    assert all(
        0 <= text.x <= 1 and 0 <= text.y <= 1 and text.distance is not None and text.distance >= -1e-6 for text in found.texts
    )


@pytest.mark.slow
def test_the_same_seed_gives_the_same_clusters(model: str):
    assert tt.cluster(SHIPS + FOOD, model=model, clusters=3) == tt.cluster(SHIPS + FOOD, model=model, clusters=3)


@pytest.mark.slow
def test_what_is_written_is_what_was_found(found: Clustering, tmp_path: Path):
    out = found.save(tmp_path / "out", "Ships & food")
    lines = [json.loads(line) for line in (out / "clusters.jsonl").read_text("utf-8").splitlines()]
    assert [ClusteredText(**line) for line in lines] == list(found.texts)
    with (out / "clusters.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["cluster"], row["name"], row["size"], row["share"]) for row in rows] == [
        (str(k), cluster.name, "12", "0.5") for k, cluster in enumerate(found.clusters)
    ]
    assert (out / "map.png").read_bytes().startswith(b"\x89PNG")
    assert "Ships &amp; food" in (out / "map.html").read_text("utf-8")
    with pytest.raises(InputError, match="there already"):
        found.save(out)


@pytest.mark.slow
def test_without_a_number_there_are_as_many_as_lie_dense_and_some_may_lie_outside(model: str):
    found = tt.cluster(SHIPS + FOOD, model=model, smallest=5)
    assert sum(cluster.size for cluster in found.clusters) + found.outside == 24
    assert found.scores is None
    assert all(cluster.size >= 5 for cluster in found.clusters)


@pytest.mark.slow
def test_tiny_clusters_are_told(model: str, capsys: pytest.CaptureFixture[str]):
    tt.cluster(SHIPS, model=model, clusters=4)
    assert "have fewer than 10 texts" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("texts", "options", "why"),
    [
        ([], {}, "no texts"),
        (["a", "b"], {"clusters": 3}, "2 texts cannot make 3 clusters"),
        (["a", "b"], {"clusters": 0}, "2 texts cannot make 0 clusters; give --clusters 1 to 2"),
        (["a", "b"], {}, "nowhere so dense"),
        (["a", "b"], {"clusters": "auto"}, "too few"),
        (["a", "b"], {"smallest": 1}, "2 texts or more"),
    ],
)
def test_what_cannot_be_clustered_is_refused(texts, options, why, model: str):
    with pytest.raises(InputError, match=why):
        tt.cluster(texts, model=model, **options)


def test_a_missing_package_is_told_with_the_command_to_install_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tasktune.verbs.grouping.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'tasktune\[cluster\]'"):
        tt.cluster(["a"])


@pytest.mark.parametrize(("given", "expected"), [(None, None), ("auto", "auto"), ("12", 12)])
def test_how_many(given, expected):
    assert how_many(given) == expected


@pytest.mark.parametrize("given", ["0", "-1", "many", "", "1.5", "²"])
def test_how_many_is_a_number_or_auto(given):
    with pytest.raises(InputError, match="--clusters"):
        how_many(given)


def blobs(count: int, groups: int) -> np.ndarray:
    """Vectors around so many middles, each as far from all others."""
    middles = 20 * np.eye(8)
    return (middles[np.arange(count) % groups] + np.random.default_rng(0).normal(size=(count, 8))).astype(np.float32)


@pytest.mark.slow
def test_the_silhouette_finds_how_many_there_are():
    assert grouping.best_k_means(blobs(120, 6), 13).max() + 1 == 6


@pytest.mark.slow
def test_many_texts_are_grouped_and_laid_out_by_some_of_them(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(grouping, "_MANY", 100)
    monkeypatch.setattr(grouping, "_DRAWN", 60)
    vectors = blobs(300, 3)
    numbers, places = grouping.k_means(vectors, 3, 13), grouping.layout(vectors, 13)
    assert len(set(zip(numbers.tolist(), (np.arange(300) % 3).tolist(), strict=True))) == 3
    assert len(set(zip(grouping.dense_groups(places, 20).tolist(), numbers.tolist(), strict=True))) == 3


@pytest.mark.parametrize("count", range(1, 8))
def test_few_texts_have_places_too(count: int):
    places = grouping.layout(grouping.components(blobs(count, 2), 13), 13)
    assert places.shape == (count, 2)
    assert ((places >= 0) & (places <= 1)).all()


def drawn(*texts: str) -> Clustering:
    told = [
        ClusteredText(text, 0 if k else None, text if k else "", 0.1 if k else None, 0.5, 0.5) for k, text in enumerate(texts)
    ]
    return Clustering(tuple(told), (Cluster(texts[-1], len(texts) - 1, (), texts[-1]),))


@settings(max_examples=20)
@given(st.lists(st.text(max_size=20), min_size=2, max_size=4))
def test_any_text_is_in_the_page_as_data_and_nothing_else(texts):
    shown = page(drawn(*texts), texts[0])
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', shown, re.DOTALL)
    assert data is not None
    assert json.loads(data[1])["texts"] == texts
    assert shown.count("<script") == shown.count("</script>") == 2


def test_no_text_is_read_as_html():
    shown = page(drawn(EVIL, EVIL), EVIL)
    assert "alert(1)</script>" not in shown
    assert "<b>&amp;" not in shown
    assert shown.count("<script") == 2


def test_no_text_in_the_picture_is_read_as_a_formula(tmp_path: Path):
    draw(drawn("$\\foo$", "us$ and a$"), "$\\bar$", tmp_path / "map.png")
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")


def test_the_page_needs_nothing_from_elsewhere():
    shown = page(drawn("a", "b"), "t")
    assert not re.search(r"https?:|//[a-z]|@import|url\(|src=|href=", shown)
    assert "default-src 'none'" in shown


def test_colours_differ():
    assert len(set(colours(60))) == 60
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours(60))
