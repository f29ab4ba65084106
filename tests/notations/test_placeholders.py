"""What a program puts into messages."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.notations.placeholders import placeholders


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("%d files in %s", ["%d", "%s"]),
        ("%dx%d, %5.2f, %-10s, %lld, %@", ["%-10s", "%5.2f", "%@", "%d", "%d", "%lld"]),
        ("%2$s of %1$d", ["%d", "%s"]),
        ("%(name)s and %(n)d", ["%(n)d", "%(name)s"]),
        ("{} {0} {name} {x:.2f} {a.b} {k!r} {i[0]}", ["{0}", "{a.b}", "{i[0]}", "{k!r}", "{name}", "{x:.2f}", "{}"]),
        ("${user} {{count}} %{n}", ["{count}", "{n}", "{user}"]),
        ("%1 of %L2, %n file(s)", ["%1", "%L2", "%n"]),
        ("100%% of it, 50 % done, 7% and 3 % de", []),
        ("{ not one } and {neither, nor}", []),
    ],
)
def test_placeholders_are_found(text, found):
    assert placeholders(text) == sorted(found)


WORDS = st.text(st.sampled_from("%ds{}n1$()-."), max_size=8) | st.sampled_from(
    ["%d", "%(n)s", "{x:.2f}", "%2$s", "{}", "a{0}b%n"]
)


@given(st.lists(WORDS, max_size=8).flatmap(lambda words: st.tuples(st.just(words), st.permutations(words))))
def test_words_have_their_placeholders_in_any_order_and_blanks_make_none(both):
    words, others = both
    found = placeholders(" ".join(words))
    assert found == placeholders(" ".join(others)) == sorted(chain.from_iterable(map(placeholders, words)))
