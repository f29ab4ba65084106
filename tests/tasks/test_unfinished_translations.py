"""Files that are translated in part: the rest is passed over and counted where translations are learnt from or measured by."""

from __future__ import annotations

from pathlib import Path

import pytest

import tasktune as tt
from tasktune.core import InputError, Lost
from tasktune.datasets import records
from tasktune.models.evaluation import answered
from tasktune.recipe import Recipe
from tasktune.tasks.translation import Translation

FILES = {
    "a.po": 'msgid "one"\nmsgstr "{done}"\n\nmsgid "two"\nmsgstr ""\n\n#, fuzzy\nmsgid "three"\nmsgstr "dry"\n',
    "a.tmx": (
        '<tmx version="1.4"><header srclang="en"/><body><tu><tuv xml:lang="en"><seg>one</seg></tuv>'
        '<tuv xml:lang="de"><seg>{done}</seg></tuv></tu><tu><tuv xml:lang="en"><seg>two</seg></tuv></tu>'
        '<tu><tuv xml:lang="en"><seg>three</seg></tuv><tuv xml:lang="de"><seg/></tuv></tu></body></tmx>'
    ),
    "a.xlf": (
        '<xliff version="1.2"><file source-language="en" target-language="de"><body>'
        '<trans-unit id="1"><source>one</source><target>{done}</target></trans-unit>'
        '<trans-unit id="2"><source>two</source></trans-unit>'
        '<trans-unit id="3"><source>three</source><target state="new">dry</target></trans-unit></body></file></xliff>'
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_what_is_not_translated_yet_is_passed_over_and_counted(name: str, tmp_path: Path) -> None:
    file, lost = tmp_path / name, Lost()
    file.write_text(FILES[name].format(done="eins"), encoding="utf-8")
    found = [*answered(records(tt.task("translation"), file), Recipe(), lost)]
    assert [(record.text, record.answer) for record in found] == [("one", "eins")]
    assert lost.counts == {Translation.unanswered: 2}


@pytest.mark.parametrize("name", FILES)
def test_where_nothing_is_translated_there_is_nothing_to_learn(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(FILES[name].format(done=""), encoding="utf-8")
    with pytest.raises(InputError, match=r"has no answer to learn from or to measure by \(not translated yet"):
        list(answered(records(tt.task("translation"), file), Recipe(), Lost()))
