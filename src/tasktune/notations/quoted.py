"""Foreign text beside one's own: how a document is quoted to a model, and how what a model says is shown.

Whoever writes a document may write it for the model that will read it: orders to it, citations that are none, tags and tokens by
which a prompt is parted, signs that no person sees. So what is quoted (`quoted`) has no sign of which marks, tags or a
tokenizer's special tokens are made (`[1]`, `</document>`, `<|im_end|>`, `[INST]`), no hidden signs, and no line that begins
where the prompt's own lines begin. This holds for any text, whatever it says.

What orders say is told by `orders`, by the words that they take; a guess, which can miss and be wrong.

What a model says (`inert`) may repeat what it was told to: nothing in it is a tag, or a link or picture of Markdown's that
fetches something from elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Final

_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)"
    r"|</?(?:a|abbr|b|big|blockquote|body|br|button|center|code|dd|details|div|dl|dt|em|embed|font|footer|form|frame|h[1-6]|head"
    r"|header|hr|html|i|iframe|img|input|label|li|link|main|meta|nav|object|ol|option|p|picture|pre|script|section|select|small"
    r"|source|span|strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|title|tr|u|ul|video)\b"
    r"[^<>]{0,500}>",
    re.DOTALL | re.IGNORECASE,
)
_NO_MARKS = str.maketrans(dict(zip("<>[]＜＞［］｜", "‹›()‹›()|", strict=True)))
_HIDDEN = frozenset(("Cf", "Cc", "Co", "Cs"))
_SEEN = frozenset("\n\t\r\u200c\u200d")
"""Blanks; and the joiners, which have no width, but belong to words of Persian or Hindi and to emoji made of several."""
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\u180b\u180c\u180d\u180e")
"""Letters and signs that are drawn as nothing."""
_LATIN_JOINED = re.compile("(?<=[\0-\u02ff])[\u200c\u200d]++|(?<![\u200c\u200d])[\u200c\u200d]++(?=[\0-\u02ff])")


@lru_cache(maxsize=256)  # a prompt that is too long is made again with fewer passages
def quoted(text: str) -> str:
    """What of a text a prompt shows: lines behind the first begin with blanks; no tags, no brackets of marks, nothing hidden."""
    shown = _TAG.sub(" ", _LATIN_JOINED.sub("", visible(text))).translate(_NO_MARKS)
    lines = (" ".join(line.split()) for line in shown.splitlines())
    return "\n  ".join(line for line in lines if line)


def visible(text: str) -> str:
    """The text without the signs that no person sees. Blanks, line breaks and joiners stay."""
    return "".join(sign for sign in text if sign in _SEEN or not _is_hidden(sign))


@cache
def _is_hidden(sign: str) -> bool:
    return unicodedata.category(sign) in _HIDDEN or sign in _FILLERS or "\U000e0000" <= sign <= "\U000e0fff"


_GAP = r"[^.!?]{0,40}"
_MODEL = r"(?:ai|llm|assistant|chatbot|language model|model|bot)s?"
_PASS = r"(?:ignor(?:e|ing)|disregard(?:ing)?|forget|overrid(?:e|ing)|bypass(?:ing)?|discard(?:ing)?)"
_CLAIM = r"answer|reply|respond|say|output|repeat|conclude|claim|insist"
_SAY = rf"(?:{_CLAIM}|print|write|tell)"
_BEFORE = (
    r"(?:the|all|everything|anything|whatever|is|was|said|written|came) (?:above|before|previous|prior|preceding)\b"
    r"|everything (?:you|else|that|said)\b"
)
_ORDERS: Final = re.compile(
    "|".join(
        (
            rf"\b{_PASS}\b{_GAP}\b(?:instruct|prompt|rule|order|passage|document|question|{_BEFORE})",
            rf"\b(?:note|attention|message|instruction|reminder|order)s?\b{_GAP}\b(?:to|for)\b{_GAP}\b{_MODEL}\b",
            rf"\b(?:you are|act as|pretend to be|behave as|from now on)\b{_GAP}\b(?:now|an? {_MODEL}|no longer)\b",
            r"\b(?:system|developer|admin|hidden|new|updated|real|secret) (?:prompt|message|instructions?|override)\b",
            rf"\b{_SAY}\b{_GAP}\b(?:only|exactly|just|instead|always|verbatim|the following|with the words?|nothing else)\b",
            rf"\b(?:always|only|must|instead|you should)\b[^.!?]{{0,20}}\b{_SAY}\b",
            rf"\bshould\b[^.!?]{{0,20}}\b(?:{_CLAIM})\b",
            rf"\bplease\b[^.!?]{{0,20}}\b{_SAY}\b(?! (?:by|before|until|within|via|at|on|to|if|when|as soon)\b)",
            r"\b(?:do not|don't|never) (?:answer|reply|cite|follow|mention|reveal)\b",
            r"\bcite (?:this|passage|document|source|only|\W?\d)",
            r"\byour (?:system |own )?(?:prompt|instructions?|answer|reply|response)\b",
            r"(?:忽略|无视|忘记)[^。！？]{0,12}(?:指令|指示|提示|规则|内容)|(?:请|必须|只能)只?(?:回答|输出|回复)",
        )
    ),
    re.IGNORECASE,
)
_LINES: Final = re.compile(
    r"^\W*(?:system|assistant|user|human|instructions?)\s*:|^\W*answer\s*:.*\(\d+\)", re.IGNORECASE | re.MULTILINE
)
"""Lines that take the place of the prompt's own; an answer like ours has a mark."""


_TURN = re.compile(r"<[|｜][^<>\n]{1,40}[|｜]>|</?s>|\[/?(?:INST|SYS)\]|<</?SYS>>|<(?:start|end)_of_turn>", re.IGNORECASE)


def orders(text: str) -> tuple[str, ...]:
    """What in a text reads as said to a model: orders, and words or tokens that take the place of its prompt. None, mostly.

    Orders may go on in the next line, as those of a text that is wrapped do.
    """
    said = unicodedata.normalize("NFKC", quoted(text))
    searched = ((_ORDERS, " ".join(said.split())), (_LINES, said), (_TURN, text))
    return tuple(match[0] for pattern, where in searched for match in pattern.finditer(where))


def inert(text: str, before: str = "") -> str:
    """A text of which no browser or Markdown viewer makes a tag, a link or a picture: what would be one stands there in words.

    Sign for sign: `<` becomes `‹`, and a parenthesis or colon behind `]` a wide one. `before` is the sign that stands before it.
    """
    shown = []
    for sign in visible(text):
        shown.append("‹" if sign == "<" else _WIDE.get(sign, sign) if before == "]" else sign)
        before = sign
    return "".join(shown)


_WIDE = {"(": "（", ":": "："}
