"""Text without case, accents and white space, and where its characters come from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.notations.folding import fold, fold_with_places


@given(st.text())
def test_places_lead_back_to_the_characters(text):
    folded, places = fold_with_places(text)
    assert folded == fold(text)
    assert len(places) == len(folded)
    assert places == sorted(places)
    assert "".join(fold(text[place]) for place in dict.fromkeys(places)) == folded


@given(st.text())
def test_folding_twice_folds_once(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("one", ["U.S.", "u . s .", " u.S\n."])
def test_case_and_white_space_do_not_matter(one):
    assert fold(one) == "u.s."


def test_accents_do_not_matter_and_scripts_do():
    assert fold("Zu\u0308rich STRASSE") == fold("Zürich Straße") == "zurichstrasse"
    assert fold("北京") == "北京"
