"""What every store does."""

from __future__ import annotations

import threading
from itertools import pairwise

import numpy as np
import pytest

from tasktune.core import InputError
from tasktune.passages import Passage, Value
from tasktune.stores import Facts, Store, Where, open_store

FACTS = Facts("minilm", "abc", 8, "words:200")


def passage(text: str, source: str = "a.txt", start: int = 0, **metadata: Value) -> Passage:
    return Passage(source, start, start + len(text), text, ("A title",), 3, metadata)


def random(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 8)).astype(np.float32)


def filled(store: Store) -> list[Passage]:
    store.begin(FACTS)
    found = [
        passage("the cat sat on the mat", "a.txt", 0, language="en", year=2020, draft=True),
        passage("a dog and a cat", "a.txt", 30, language="en", year=2021, draft=False),
        passage("東京都の猫", "b/ü.md", 0, language="ja", year=2021),
        passage("cat", "c.txt", 0),
    ]
    vectors = random(4)
    store.put("a.txt", "1", found[:2], vectors[:2])
    store.put("b/ü.md", "2", found[2:3], vectors[2:3])
    store.put("c.txt", "3", found[3:], vectors[3:])
    return found


def test_what_is_put_is_found_and_comes_back_as_it_was(store: Store, place: str) -> None:
    found = filled(store)
    store.close()
    with open_store(place) as reader:
        assert sorted(reader.passages(), key=lambda each: each.id) == found
        assert (reader.count(), reader.facts(), reader.collections()) == (4, FACTS, ["main"])
        assert reader.digests() == {"a.txt": "1", "b/ü.md": "2", "c.txt": "3"}
        assert [hit.passage for hit in reader.by_words("dog", 5)] == [found[1]]
        assert [hit.passage for hit in reader.by_words("京", 5)] == [found[2]]
        assert [hit.passage for hit in reader.by_words("東京 mat", 5)] == [found[2], found[0]]


def test_a_rare_word_counts_more_and_a_short_passage_too(store: Store) -> None:
    found = filled(store)
    assert [hit.passage for hit in store.by_words("cat", 5)] == [found[3], found[1], found[0]]
    assert store.by_words("cat dog", 1)[0].passage == found[1]
    assert all(first.score >= second.score > 0 for first, second in pairwise(store.by_words("cat mat the", 5)))


@pytest.mark.parametrize(
    "query", ['"', "cat OR", "NEAR(cat dog)", "cat*", "words: cat -dog", "'; DROP TABLE passages; --", "%s {cat}", "\0"]
)
def test_a_query_is_words_and_nothing_else(store: Store, query: str) -> None:
    filled(store)
    plain = "".join(c if c.isalnum() else " " for c in query)
    assert store.by_words(query, 5) == store.by_words(plain, 5)
    assert store.count() == 4


def test_long_queries_and_none(store: Store) -> None:
    filled(store)
    assert store.by_words(" ".join(f"w{k}" for k in range(10_000)) + " dog", 3)[0].passage.text == "a dog and a cat"
    assert store.by_words("", 3) == store.by_words("🙂 —", 3) == store.by_words("cat", 0) == []


def test_nearest_vectors_are_those_of_numpy(store: Store) -> None:
    store.begin(FACTS)
    vectors, queries = random(120), random(5, seed=1)
    passages = [passage("x", f"{k // 20}.txt", k) for k in range(120)]
    for k in range(0, 120, 20):
        store.put(f"{k // 20}.txt", "", passages[k : k + 20], vectors[k : k + 20] * 7)
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    for query, hits in zip(queries, store.by_vectors(queries, 10), strict=True):
        cosines = units @ (query / np.linalg.norm(query))
        assert [hit.passage for hit in hits] == [passages[k] for k in np.argsort(-cosines)[:10]]
        assert [hit.score for hit in hits] == pytest.approx(np.sort(cosines)[::-1][:10], abs=2e-6)
        assert [hit.passage for hit in store.by_vector(query, 10)] == [hit.passage for hit in hits]
        assert store.vectors_of(hits) == pytest.approx(units[np.argsort(-cosines)[:10]], abs=1e-6)


def test_of_equal_scores_the_first_id_comes_first(store: Store) -> None:
    store.begin(FACTS)
    same = np.repeat(random(1), 50, axis=0)
    passages = [passage("same words", f"{k * 7 % 50:02}.txt") for k in range(50)]
    for k, each in enumerate(passages):
        store.put(each.source, "", [each], same[k : k + 1])
    expected = sorted(each.id for each in passages)[:5]
    assert [hit.passage.id for hit in store.by_words("words same", 5)] == expected
    assert [hit.passage.id for hit in store.by_vector(same[0], 5)] == expected


@pytest.mark.parametrize(
    ("where", "texts"),
    [
        ({"language": "en"}, {0, 1}),
        ({"language": ["en", "ja"], "year": 2021}, {1, 2}),
        ({"draft": True}, {0}),
        ({"draft": 1}, set()),
        ({"year": 2020.0}, {0}),
        ({"source": "c.txt"}, {3}),
        ({"page": [3, 4], "language": "ja"}, {2}),
        ({"language": []}, set()),
        ({'"; no $key': "x"}, set()),
    ],
)
def test_filters(store: Store, where: dict[str, Value], texts: set[int]) -> None:
    found = filled(store)
    expected = {found[k].id for k in texts}
    assert {hit.passage.id for hit in store.by_vector(random(1)[0], 10, where=where)} == expected
    assert {hit.passage.id for hit in store.by_words("cat 猫", 10, where=where)} == expected
    assert {each.id for each in store.passages(where=where)} == expected


@pytest.mark.parametrize(
    ("where", "texts"), [({"id": 7}, ["cat"]), ({"source": "web"}, []), ({"page": "iv"}, []), ({"page": 3}, ["cat"])]
)
def test_a_passage_is_asked_for_by_its_own_source_and_page_and_any_other_name(
    store: Store, where: Where, texts: list[str]
) -> None:
    store.begin(FACTS)
    one = Passage("a.txt", 0, 3, "cat", (), 3, {"id": 7, "source": "web", "page": "iv"})
    store.put("a.txt", "", [one], random(1))
    assert [hit.passage.text for hit in store.by_words("cat", 5, where=where)] == texts
    assert store.vectors_of(store.by_words("cat", 5)).shape == (1, 8)
    assert next(store.passages()).metadata == one.metadata


def test_a_file_is_replaced_and_dropped_whole(store: Store) -> None:
    filled(store)
    store.put("a.txt", "9", [passage("a bird", "a.txt")], random(1, seed=3))
    assert (store.count(), store.digests()["a.txt"]) == (3, "9")
    assert store.by_words("dog mat", 5) == []
    assert {hit.passage.text for hit in store.by_vector(random(1)[0], 9)} == {"a bird", "東京都の猫", "cat"}
    assert (store.drop("a.txt"), store.drop("a.txt"), store.count()) == (1, 0, 2)
    assert store.by_words("bird", 5) == []
    store.put("empty.txt", "5", [], random(0), path="/here/empty.txt")
    assert store.digests() == {"b/ü.md": "2", "c.txt": "3", "empty.txt": "5"}
    assert store.paths() == {"b/ü.md": "", "c.txt": "", "empty.txt": "/here/empty.txt"}
    store.move({"c.txt": "/c.txt", "none.txt": "/none.txt"})
    assert store.paths() == {"b/ü.md": "", "c.txt": "/c.txt", "empty.txt": "/here/empty.txt"}
    assert (store.digests()["c.txt"], store.count()) == ("3", 2)


def test_bm25_after_removals_is_that_of_what_is_left(store: Store, place: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    with open_store(tmp_path_factory.mktemp("other") / "kb.db", "write") as other:
        filled(store)
        store.drop("c.txt")
        other.begin(FACTS)
        for each in ("a.txt", "b/ü.md"):
            those = [one for one in store.passages() if one.source == each]
            other.put(each, "", those, random(len(those)))
        mine, others = store.by_words("cat 猫 the", 5), other.by_words("cat 猫 the", 5)
        assert [hit.passage for hit in mine] == [hit.passage for hit in others]
        if not place.startswith("qdrant"):  # which has a fixed mean length
            assert [hit.score for hit in mine] == [hit.score for hit in others]


def test_collections_do_not_see_each_other(store: Store) -> None:
    filled(store)
    store.put("a.txt", "7", [passage("cat cat", "a.txt")], random(1), collection="other")
    assert (store.count("other"), store.count(), store.count("none"), store.collections()) == (1, 4, 0, ["main", "other"])
    assert [hit.passage.text for hit in store.by_words("cat", 5, "other")] == ["cat cat"]
    assert len(store.by_vector(random(1)[0], 9, "other")) == 1
    assert store.by_words("cat", 5, "none") == store.by_vector(random(1)[0], 5, "none") == list(store.passages("none")) == []
    assert store.drop("a.txt", "none") == 0
    assert store.drop("a.txt", "other") == 1
    assert store.count() == 4


def test_neighbours_are_those_of_the_document(store: Store) -> None:
    store.begin(Facts())
    passages = [passage(f"part {k}", "a.txt", 100 * k) for k in range(5)]
    store.put("a.txt", "", passages)
    store.put("b.txt", "", [passage("else", "b.txt", 250)])
    assert store.around(passages[2], 1, 1) == passages[1:4]
    assert store.around(passages[0], 2, 0) == passages[:1]
    assert store.around(passages[4], 9, 9) == passages


def test_another_model_is_refused_until_all_is_renewed(store: Store, place: str) -> None:
    filled(store)
    store.begin(FACTS)
    store.begin(Facts("elsewhere/minilm", "abc", 8, "words:200"))  # the same weights
    for other in (
        Facts("minilm", "xyz", 8, "words:200"),
        Facts("minilm", "abc", 4, "words:200"),
        Facts("minilm", "abc", 8, "no"),
    ):
        with pytest.raises(InputError, match=r"was indexed with (weights|dimension|chunking)"):
            store.begin(other)
    store.renew(other)
    assert store.facts() == other
    assert set(store.digests().values()) <= {""}
    assert store.by_vector(random(1)[0], 5) == []
    assert len(store.by_words("cat", 5)) == (0 if place.startswith("qdrant") else 3)


def test_who_writes_by_what_was_renewed_since_is_refused(store: Store, shared_place: str) -> None:
    filled(store)
    with open_store(shared_place, "write") as another:
        another.renew(Facts("other", "xyz", 8, "words:200"))
        with pytest.raises(InputError, match="was indexed with model 'other', but this is 'minilm'"):
            store.put("a.txt", "1", [passage("cat")], random(1))
        another.put("a.txt", "1", [passage("cat")], random(1))
    assert len(store.by_vector(random(1)[0], 9)) == 1


def test_vectors_that_do_not_fit_are_refused(store: Store) -> None:
    one = [passage("x")]
    with pytest.raises(InputError, match="not begun"):
        store.put("a.txt", "", one, random(1))
    store.begin(FACTS)
    for vectors in (None, random(2), random(1)[:, :4], np.full((1, 8), np.nan, np.float32)):
        with pytest.raises(InputError):
            store.put("a.txt", "", one, vectors)
    assert (store.count(), store.digests()) == (0, {})
    store.put("a.txt", "", one, random(1))
    with pytest.raises(InputError, match="not finite"):
        store.by_vector(np.full(8, np.inf, np.float32), 1)


def test_what_was_not_whole_is_not_there(store: Store) -> None:
    filled(store)
    before = list(store.passages())
    with pytest.raises(TypeError):
        store.put("a.txt", "8", [passage("good"), Passage("a.txt", 1, 2, "bad", (), None, {"x": object()})], random(2))  # type: ignore[dict-item]
    assert list(store.passages()) == before
    assert store.digests()["a.txt"] == "1"


def test_a_reader_sees_what_another_writes(store: Store, shared_place: str) -> None:
    filled(store)
    with open_store(shared_place) as reader:
        assert len(reader.by_words("cat", 9)) == 3
        assert len(reader.by_vector(random(1)[0], 9)) == 4
        store.put("d.txt", "4", [passage("cat cat", "d.txt")], random(1, seed=9))
        store.drop("c.txt")
        assert len(reader.by_words("cat", 9)) == 3
        assert reader.by_vector(random(1, seed=9)[0], 1)[0].passage.source == "d.txt"
        assert len(reader.by_vector(random(1)[0], 9)) == 4


def test_two_writers_wait_for_each_other(store: Store, shared_place: str) -> None:
    store.begin(FACTS)

    def write(mine: str) -> None:
        with open_store(shared_place, "write") as another:
            for k in range(10):
                another.put(f"{mine}{k}", "", [passage("cat", f"{mine}{k}")], random(1))

    threads = [threading.Thread(target=write, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.count() == len(store.by_words("cat", 99)) == len(store.by_vector(random(1)[0], 99)) == len(store.digests()) == 20


def test_a_word_of_any_length_is_found(store: Store) -> None:
    store.begin(Facts())
    long = np.random.default_rng(0).bytes(20_000).hex()
    store.put("a.txt", "", [passage(long), passage(long[1:], start=50_000)])
    assert [hit.passage.text for hit in store.by_words(long, 5)] == [long]


def test_odd_texts(store: Store) -> None:
    store.begin(Facts())
    texts = ["", "   ", "🙂" * 10, "e\u0301 \ufdfa ﬀ", "x" * 100_000, "word " * 10_000, "\\ \t \n \" ' %s {x}"]
    store.put("a.txt", "", [passage(text, start=200_000 * k) for k, text in enumerate(texts)])
    assert [each.text for each in store.passages()] == texts
    assert [hit.passage.text for hit in store.by_words("ff", 1)] == [texts[3]]
