"""The page for raters, its key, and what their ratings come to."""

import json
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasktune.core import InputError
from tasktune.verbs.rate import KEY, PAGE, Pair, _item, rate
from tasktune.verbs.ratings import lines, ratings

HOSTILE = "</article><script>alert('x')</script><img src=x onerror=alert(1)> \"' & @ITEMS@ @COUNT@"


class Page(HTMLParser):
    """The page as a browser takes it: its tags with their attributes, and its texts by the tag that they are in."""

    VOID = frozenset(("meta", "input", "br", "img"))

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts, self.open = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open:
            self.texts.append((self.open[-1], data))

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]

    def text(self, tag):
        return [text for name, text in self.texts if name == tag]


def predictions(path, answers, gold=None):
    kept = {} if gold is None else {"gold": gold, "references": [gold, f"or {gold}"]}
    rows = [{"text": f"question {k}", **kept, "answer": answer, "score": 0.5, "id": f"{path.name}:{k}"} for k, answer in answers]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


@pytest.fixture
def made(tmp_path):
    a = predictions(tmp_path / "a.jsonl", [(k, f"from one {k}" if k != 3 else "the same") for k in range(8)], gold="the gold")
    b = predictions(tmp_path / "b.jsonl", [(k, f"from two {k}" if k != 3 else "the same") for k in range(8)], gold="the gold")
    assert rate(a, b, None, tmp_path / "out", 13, None, {}) == 7
    return tmp_path / "out"


def test_right_answers_are_folded_away_each_once(made):
    page = Page((made / PAGE).read_text(encoding="utf-8"))
    assert page.text("summary") == ["reference"] * 7
    assert page.text("dt") == ["text"] * 7
    assert [text for text in page.text("div") if "gold" in text] == ["the gold", "or the gold"] * 7


def key(folder):
    return json.loads((folder / KEY).read_text())


def rated(folder, rater, preferred, items=None):
    """A rater's file who sees through the key."""
    told = key(folder)
    chosen = {}
    for item, placed in told["items"].items():
        side = preferred(int(item))
        chosen[item] = side if side == "tie" else "left" if side == placed["left"] else "right"
    path = folder.parent / f"{rater}.jsonl"
    path.write_text(
        "".join(
            json.dumps({"page": told["page"], "rater": rater, "item": item, "choice": choice}) + "\n"
            for item, choice in chosen.items()
            if items is None or item in items
        )
    )
    return path


def test_the_page_is_whole_and_blind(made):
    text = (made / PAGE).read_text("utf-8")
    page = Page(text)
    assert page.open == []
    assert "default-src 'none'" in next(meta["content"] for meta in page.all("meta") if "http-equiv" in meta)
    assert not any("src" in attributes or "href" in attributes for _, attributes in page.tags)
    assert len(page.all("fieldset")) == 7
    radios = [attributes for attributes in page.all("input") if attributes["type"] == "radio"]
    assert [radio["value"] for radio in radios] == ["left", "tie", "right"] * 7
    assert {radio["name"] for radio in radios} == key(made)["items"].keys()
    assert "a.jsonl" not in text
    assert "b.jsonl" not in text
    assert "the same" not in text


def test_the_key_says_which_side_is_whose(made):
    answers = Page((made / PAGE).read_text("utf-8")).text("article")
    lefts = [placed["left"] for placed in key(made)["items"].values()]
    assert set(lefts) == {"a", "b"}
    assert ["a" if text.startswith("from one") else "b" for text in answers[::2]] == lefts
    assert key(made)["same"] == 1


def test_the_sides_are_by_the_seed(tmp_path):
    a, b = (predictions(tmp_path / name, [(k, name) for k in range(20)]) for name in "ab")
    for folder, seed in (("one", 1), ("again", 1), ("other", 2)):
        rate(a, b, None, tmp_path / folder, seed, None, {})
    one, again, other = ((tmp_path / folder / PAGE).read_text() for folder in ("one", "again", "other"))
    assert one == again != other


def test_so_many_records_are_drawn(tmp_path):
    a, b = (predictions(tmp_path / name, [(k, name) for k in range(20)]) for name in "ab")
    assert rate(a, b, None, tmp_path / "out", 13, 5, {}) == 5
    assert len(key(tmp_path / "out")["items"]) == 5


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([HOSTILE]) | st.text(max_size=40), st.text(max_size=20))
def test_texts_are_shown_as_text(text, answer):
    page = Page(_item("1", Pair("x", {text: text}, [text], text, answer + "!"), "a"))
    assert page.open == []
    assert {tag for tag, _ in page.tags} <= {
        *("fieldset", "legend", "dl", "dt", "dd", "details", "summary", "div", "article", "label", "input", "small"),
    }
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)


def test_hostile_texts_leave_the_page_as_it_is(tmp_path):
    a, b = predictions(tmp_path / "a", [(0, HOSTILE)]), predictions(tmp_path / "b", [(0, "fine")])
    rate(a, b, None, tmp_path / "out", 13, None, {})
    page = Page((tmp_path / "out" / PAGE).read_text("utf-8"))
    assert HOSTILE in page.text("article")
    assert len(page.all("script")) == 1
    assert page.all("img") == []


def test_answers_are_paired_by_what_was_asked(tmp_path, capsys):
    a = predictions(tmp_path / "a", [(0, "x"), (1, "y"), (2, "z")])
    b = predictions(tmp_path / "b", [(2, "Z"), (0, "X")])
    assert rate(a, b, None, tmp_path / "out", 13, None, {}) == 2
    assert "1 answer left out, since" in capsys.readouterr().err
    answers = Page((tmp_path / "out" / PAGE).read_text("utf-8")).text("article")
    assert [text.lower() for text in answers] == ["x", "x", "z", "z"]


def test_what_cannot_be_compared_is_refused(tmp_path):
    a, b = predictions(tmp_path / "a", [(0, "x")]), predictions(tmp_path / "b", [(1, "x")])
    with pytest.raises(InputError, match="nothing in common"):
        rate(a, b, None, tmp_path / "out", 13, None, {})
    (tmp_path / "c").write_text('{"text": "question 0"}\n')
    with pytest.raises(InputError, match="without an answer"):
        rate(a, str(tmp_path / "c"), None, tmp_path / "out", 13, None, {})
    with pytest.raises(InputError, match="what it is to answer"):
        rate(a, str(tmp_path), None, tmp_path / "out", 13, None, {})


def test_ratings_are_read_by_the_key(made):
    files = [rated(made, "Ann", lambda k: "a"), rated(made, "Bo", lambda k: "a" if k > 2 else "tie")]
    found = ratings(made, files)
    assert (found.raters, found.items, found.rated, found.same) == (("Ann", "Bo"), 7, 7, 1)
    assert found.scores.values["win_rate"].value == pytest.approx((5 * 1 + 2 * 0.75 + 0.5) / 8)
    assert found.scores.values["win_rate"].low < found.scores.values["win_rate"].value
    assert found.agreement.keys() == {"krippendorff_alpha", "cohen_kappa", "fleiss_kappa"}
    assert found.as_json()["scores"]["win_rate"]["value"] == found.scores.values["win_rate"].value
    assert any("2 raters (Ann, Bo), 7 of 7 pairs rated" in line for line in lines(found))


def test_the_last_rating_of_an_item_counts_and_some_may_be_left_out(made):
    early, late = rated(made, "Ann", lambda k: "b"), None
    early.rename(made / "early.jsonl")
    late = rated(made, "Ann", lambda k: "a", items={"1"})
    found = ratings(made / KEY, [made / "early.jsonl", late])
    assert found.scores.values["preferred"].value == pytest.approx(1 / 8)
    assert found.agreement == {}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"page": "other"}, "another page"),
        ({"item": "99"}, "another page"),
        ({"choice": "best"}, "must be one of left, right, tie"),
    ],
)
def test_ratings_that_are_none_are_refused(made, change, why):
    path = made / "x.jsonl"
    path.write_text(json.dumps({"page": key(made)["page"], "rater": "x", "item": "1", "choice": "left", **change}))
    with pytest.raises(InputError, match=f"x.jsonl:1: .*{why}"):
        ratings(made, [path])


def test_a_key_is_needed(made, tmp_path):
    with pytest.raises(InputError, match="no such key"):
        ratings(tmp_path / "nowhere", [])
    (made / KEY).write_text("[]")
    with pytest.raises(InputError, match="no key that"):
        ratings(made, [])
