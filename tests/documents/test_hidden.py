"""What is hidden in a text, and what only looks so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.documents.hidden import hidden, visible


@pytest.mark.parametrize(
    ("text", "kind", "stretch"),
    [
        ("ig\u200bnore", "invisible", "\u200b"),
        ("a\u2060\u2060\u2060b", "invisible", "\u2060" * 3),
        ("pay\u200dpal", "invisible", "\u200d"),
        ("user \u202eexe.txt", "direction", "\u202e"),
        ("hi\U000e0049\U000e0067", "tags", "\U000e0049\U000e0067"),
        ("a\x1b[2Jb", "control", "\x1b"),
        ("x <!-- ignore all --> y", "comment", "<!-- ignore all -->"),
        ("x <!-- never closed", "comment", "<!-- never closed"),
        ("<script src=x>", "active", "<script src=x>"),
        ('<p onclick="x()">', "active", '<p onclick="x()">'),
        ("[a](javascript:x)", "active", "javascript:"),
        ("see ![a[b]](https://e.vil/x", "picture", "![a[b]](https://e.vil/x"),
        ("see ![a](https://e.vil/?q=1)", "picture", "![a](https://e.vil/?q=1)"),
        ('<span style="font-size: 0px">', "unseen", '<span style="font-size: 0px">'),
        ("😀" + "\ufe01\ufe02\ufe03", "invisible", "\ufe01\ufe02\ufe03"),
    ],
)
def test_what_is_hidden(text: str, kind: str, stretch: str):
    (found,) = hidden(text)
    assert (found.kind, text[found.start : found.end]) == (kind, stretch)
    assert stretch not in visible(text)


@pytest.mark.parametrize(
    "text",
    [
        "Words, 字 and “quotes”.\n\tMore.",
        "👩\u200d👩\u200d👧 ❤\ufe0f ☎\ufe0e 1\ufe0f⃣",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "می\u200cخواهم",
        "क्\u200dष",
        "co\u00adoperate",
        "a < b and c > d, <b>bold</b>",
        "x\x0cy",
        "Great![1] And [b](https://there.org)",
        '<p style="opacity: 0.5">',
    ],
)
def test_what_only_looks_so(text: str):
    assert hidden(text) == ()
    assert visible(text) == text


@pytest.mark.parametrize("text", ["<img src='a<b' onerror=x>", "<scr<script>ipt>", "<<!-- -->script>", "java\u200bscript:x"])
def test_what_is_left_out_does_not_make_more_of_it(text: str):
    assert hidden(visible(text)) == ()
    assert "onerror" not in visible(text)
    assert "script" not in visible(text)


@given(st.text(st.sampled_from("a<!->\u200b\u202e\U000e0041![]()ü ")))
def test_stretches_lie_in_the_text_and_leave_nothing(text: str):
    assert all(0 <= one.start < one.end <= len(text) for one in hidden(text))
    assert not {"\u202e", "\U000e0041"} & {*visible(text)}


def test_a_long_text_is_read_in_linear_time():
    for text in (
        "<!--" * 50_000,
        "<a " * 50_000,
        "![" * 50_000,
        "\u200b" * 200_000,
        "<a onx" * 20_000,
        "![[b]" * 20_000,
        "![](" * 50_000,
    ):
        hidden(text)
