"""Translation: say in one language what a text says in another.

Record            `text`, the answer is its translation; `source_language`, `target_language`; `references` where it has several
Encoder           cannot
Decoder, enc-dec  the translation; checkpoints made for translation are asked as they were taught (codes, prefixes)
Metric            BLEU, chrF, chrF++, TER, as sacrebleu has them

Languages are named by codes or in English: `de`, `deu`, `de_DE`, `deu_Latn`, `German`. Of files that go line by line together
they are the suffixes (`--train train.en,train.de`: from the first to the second), columns may be called so, or all records have
the same: `--map source_language==en --map target_language==de`. Of rows that name their own languages (TMX) that takes those
between these two, turned round where need be; the others count as not translated. A model tuned on one pair takes what says
nothing for that pair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from tasktune.core import Record, Row, Task
from tasktune.framings import Labels, Prompt, Text
from tasktune.metrics.translation import translation
from tasktune.notations.languages import agree, english_name, is_language, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation(Record):
    """A text, its translation, the languages of both ("" where not known) and, where it has several, all its translations."""

    text: str
    source_language: str = ""
    target_language: str = ""
    references: tuple[str, ...] = ()
    aliases: ClassVar = {
        "text": ("source", "src", "prompt"),
        "answer": ("translation", "target", "tgt", "completion"),
        "source_language": ("source_lang", "src_lang"),
        "target_language": ("target_lang", "tgt_lang"),
    }
    unanswered: ClassVar = "not translated yet, or not between the languages asked for"

    @classmethod
    def from_row(cls, row: Row) -> Self:
        """The record that a row holds: by the names of its fields, else of two columns that are called by their languages.

        The first of several references is the answer. A `translation` may be `{language: text}`, as `datasets` has it.
        """
        row = _asked_for(_told(row))
        references, answer = row.strings("references") or (), row.optional("answer")
        return cls(
            text=row.string("text"),
            source_language=row.optional("source_language") or "",
            target_language=row.optional("target_language") or "",
            references=references,
            answer=next(iter(references), None) if answer is None else answer,
            id=row.id,
        )


def _told(row: Row) -> Row:
    """The row with its two texts and their languages under the names of the fields, where they are under others.

    The columns of a table without a header, 1 and 2, are taken as they stand.
    """
    values = {name: value for name, value in row.values.items() if value is not None}
    columns = values.pop("answer") if isinstance(values.get("answer"), Mapping) else values
    names = [name for name in columns if is_language(name) and name != "id"]  # an `id` is seldom Indonesian
    if "text" not in values and columns.keys() >= {"1", "2"}:
        return replace(row, values={**values, "text": columns["1"], "answer": columns["2"]})
    if "text" in values or not names:
        return replace(row, values=values)
    source = nearest(values.get("source_language", ""), names) or names[0]
    others = [name for name in names if name != source]
    target = nearest(values.get("target_language", ""), others) or next(iter(others), "")
    found = {"text": columns.get(source), "source_language": source, "answer": columns.get(target), "target_language": target}
    return replace(row, values={**found, **values})


_SIDES = ("source_language", "target_language")


def _asked_for(row: Row) -> Row:
    """The row between the languages that were given for all rows, where it names others itself.

    A pair of these languages the other way about is turned round. Of any other, the text is one to be translated: into what was
    asked for, or where it is in that language already, into its own target, and without one into the source asked for.
    """
    asked = [row.values.get(side, "") if side in row.own else "" for side in _SIDES]
    own = [str(row.own.get(side) or row.values.get(side, "")) for side in _SIDES]
    if _fit(asked, own):
        return row
    if row.get("answer") and all(own) and _fit(asked, own[::-1]):
        source, target = (wanted or mine for wanted, mine in zip(asked, own[::-1], strict=True))
        turned = {"text": row.get("answer"), "answer": row.get("text"), "source_language": source, "target_language": target}
    else:
        target = row.values.get("target_language", "")
        if target and agree(target, own[0]):
            target = row.own.get("target_language") or asked[0]
        turned = {"answer": None, "source_language": own[0], "target_language": target}
    return replace(row, values={**row.values, **turned, "references": None})


def _fit(asked: Sequence[str], own: Sequence[str]) -> bool:
    return all(not wanted or not mine or agree(wanted, mine) for wanted, mine in zip(asked, own, strict=True))


def _asked(record: Translation) -> Prompt:
    """The prompt of ALMA (Xu et al. 2023) for those that go on from one."""
    source, target = (language and english_name(language) for language in (record.source_language, record.target_language))
    pair = (f" from {source}" if source else "") + (f" to {target}" if target else "")
    return Prompt(
        record.text,
        before=f"Translate this{pair}:\n" + (f"{source}: " if source else ""),
        after=f"\n{target or 'Translation'}:",
        prefix=f"translate {source} to {target}: " if source and target else "",
        languages=(record.source_language, record.target_language),
    )


_BETWEEN = " → "


def _pair(record: Translation) -> tuple[str, ...]:
    """The language pair as a name; none where nothing is known of it."""
    both = (record.source_language, record.target_language)
    return (_BETWEEN.join(both),) if any(both) else ()


def _completed(record: Translation, pairs: Labels) -> Translation:
    """The record with the languages of all that was learnt from, where that was one pair and the record names no other."""
    if len(pairs) != 1:
        return record
    source, _, target = pairs[0].partition(_BETWEEN)
    return replace(record, source_language=record.source_language or source, target_language=record.target_language or target)


words = Text[Translation](prompt=_asked, names=_pair, complete=_completed, max_new_tokens=128)

TASK = Task(
    name="translation",
    record=Translation,
    encoder=None,
    decoder=words,
    encoder_decoder=words,
    metric=translation,
    example=(
        Translation(
            text="A brown dog is running after the black dog.",
            source_language="en",
            target_language="de",
            answer="Ein brauner Hund rennt dem schwarzen Hund hinterher.",
        ),
        Translation(
            text="A man sleeping in a green room on a couch.",
            source_language="en",
            target_language="de",
            answer="Ein Mann schläft in einem grünen Raum auf einem Sofa.",
            references=(
                "Ein Mann schläft in einem grünen Raum auf einem Sofa.",
                "In einem grünen Zimmer schläft ein Mann auf der Couch.",
            ),
        ),
        Translation(
            text="Das Schiff liegt im Hafen.",
            source_language="de",
            target_language="en",
            answer="The ship lies in the harbour.",
        ),
        Translation(text="Come and see me tomorrow.", source_language="en", target_language="zh", answer="明天来看看我。"),
    ),
)
