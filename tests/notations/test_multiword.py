"""Multi-word tokens: the words of one share its characters, and stand in the text as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.core import Row
from tasktune.notations.multiword import on_surface, shared_out, standing
from tasktune.notations.tokens import text_and_words


@pytest.mark.parametrize(
    ("surface", "words", "shares"),
    [
        ("don't", ["do", "n't"], ["do", "n't"]),
        ("zum", ["zu", "dem"], ["zu", "m"]),
        ("im", ["in", "dem"], ["i", "m"]),
        ("du", ["de", "le"], ["d", "u"]),
        ("des", ["de", "les"], ["de", "s"]),
        ("dámelo", ["da", "me", "lo"], ["dá", "me", "lo"]),
        ("Übers", ["über", "das"], ["Über", "s"]),
        ("I'm", ["I", "am"], ["I", "'m"]),
        ("à", ["a", "a"], []),
    ],
)
def test_words_share_the_characters_of_their_token(surface, words, shares):
    assert shared_out(surface, words) == shares


@given(st.text(min_size=1), st.lists(st.text(min_size=1), min_size=1, max_size=5))
def test_each_has_some_and_all_are_given(surface, words):
    shares = shared_out(surface, words)
    assert "".join(shares) == (surface if len(words) <= len(surface) else "")
    assert len(shares) in (0, len(words))
    assert all(shares)


def row(text=None, **values):
    words = ["Il", "va", "à", "le", "marché", "."]
    return Row(
        {"words": words, "space_after": [True, True, False, True, False, True], "multiword": [["3-4", "au"]], "text": text}
        | values
    )


@pytest.mark.parametrize("text", ["Il va au marché.", None, "Il va à le marché."])
def test_the_text_is_that_which_was_written_not_its_words(text):
    found, places = text_and_words(row(text))
    assert found == "Il va au marché."
    assert [found[start:end] for start, end in places] == ["Il", "va", "a", "u", "marché", "."]


def test_a_text_is_taken_as_it_stands():
    assert text_and_words(row("Il va  au\nmarché."))[0] == "Il va  au\nmarché."
    assert standing("Il va", ["Il"]) is None
    assert standing("Il va", ["Il", "vas"]) is None
    assert standing(" Il va ", ["Il", "va"]) == ((1, 3), (4, 6))


def test_words_that_are_more_than_the_characters_stand_for_themselves():
    assert on_surface(["Vou", "a", "a", "casa"], [True, False, False, True], [["2-3", "à"]]) == (
        ["Vou", "a", "a", "casa"],
        [True, True, False, True],
    )
