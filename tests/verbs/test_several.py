"""Several tasks by the command line: their files by name, all answers or one task's, and slips told in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tasktune import cli

Tiny = Callable[[str], Path]
Typed = Callable[..., tuple[str, str]]

TREES = """# text = She sings well.
1\tShe\tshe\tPRON\t_\t_\t2\tnsubj\t_\t_
2\tsings\tsing\tVERB\t_\t_\t0\troot\t_\t_
3\twell\twell\tADV\t_\t_\t2\tadvmod\t_\tSpaceAfter=No
4\t.\t.\tPUNCT\t_\t_\t2\tpunct\t_\t_

# text = Birds fly
1\tBirds\tbird\tNOUN\t_\t_\t2\tnsubj\t_\t_
2\tfly\tfly\tVERB\t_\t_\t0\troot\t_\t_

"""
ENTITIES = "Ada\tB-PER\nsings\tO\n\nBirds\tO\nfly\tO\n\n"


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Typed:
    """Gives what a command says when its words are typed in a folder with the files, and what it complains of."""
    (tmp_path / "ewt.conllu").write_text(TREES, encoding="utf-8")
    (tmp_path / "wg.conll").write_text(ENTITIES, encoding="utf-8")
    (tmp_path / "said.txt").write_text("She sings well.\nAda sings\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def command(*words: str, code: int = 0) -> tuple[str, str]:
        capfd.readouterr()
        monkeypatch.setattr("sys.argv", ["tasktune", *words])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said, complaint = capfd.readouterr()
        assert left.value.code == code, complaint
        return said, complaint

    return command


@pytest.mark.slow
def test_tasks_are_learnt_measured_and_asked_together(tiny: Tiny, typed: Typed, tmp_path: Path) -> None:
    files = ["--train", "ewt.conllu", "--train", "ner=wg.conll", "--dev", "ewt.conllu", "--dev", "ner=wg.conll"]
    said, _ = typed("fit", "pos+parsing+ner", *files, "--out", "m", "--model", str(tiny("bert")), "--epochs", "1")
    for shown in ("pos, 2 records", "dependency-parsing, 2 records", "ner, 2 records", "6 records", "saved in m"):
        assert shown in said

    said, _ = typed("evaluate", "m", "ewt.conllu", "ner=wg.conll", "--json")
    told = json.loads(said)
    assert told["task"] == "pos+dependency-parsing+ner"
    assert {name: each["primary"] for name, each in told["tasks"].items()} == {
        "pos": "accuracy",
        "dependency-parsing": "las",
        "ner": "f1",
    }
    said, _ = typed("evaluate", "m", "ner=wg.conll")
    assert "ner, 2 records" in said
    assert "pos" not in said

    said, _ = typed("predict", "m", "said.txt", "--format", "text")
    all_of_them = [json.loads(line) for line in said.splitlines()]
    assert [list(each) for each in all_of_them] == [["text", "id", "pos", "dependency-parsing", "ner"]] * 2
    said, _ = typed("predict", "m", "said.txt", "--format", "text", "--task", "ner")
    for one, among in zip(map(json.loads, said.splitlines()), all_of_them, strict=True):
        assert list(one) == ["text", "id", "answer", "score"]
        assert [part["label"] for part in one["answer"]] == [part["label"] for part in among["ner"]["answer"]]

    typed("predict", "m", "said.txt", "--format", "text", "--out", "out.conllu")
    written = (tmp_path / "out.conllu").read_text(encoding="utf-8")
    assert [line.split("\t")[1] for line in written.splitlines() if line and line[0].isdigit()] == [
        "She",
        "sings",
        "well",
        ".",
        "Ada",
        "sings",
    ]
    _, complaint = typed("predict", "m", "said.txt", "--format", "text", "--out", "out.conll", code=2)
    assert "CoNLL wants one each" in complaint
    _, complaint = typed("predict", "m", "said.txt", "--task", "nli", code=2)
    assert "does not do 'nli', but pos, dependency-parsing, ner" in complaint


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("pos+ner", "--train", "ner=wg.conll"), "nothing for pos to learn from; say --train pos=FILE"),
        (("pos+ner", "--train", "ewt.conllu", "--train", "wg.conll"), "which is for which task"),
        (("pos", "--train", "ewt.conllu", "--train", "wg.conll"), "--train is one file, but 2 are given"),
        (("pos+ner", "--train", "pos=ewt.conllu", "--train", "ner=none.conll"), "none.conll"),
        (("pos+pos", "--train", "ewt.conllu"), "names a task twice"),
        (
            ("pos+ner", "--train", "pos=ewt.conllu", "--train", "ner=wg.conll", "--lora", "2", "--model", "minilm"),
            "--lora is not",
        ),
        (
            ("pos+ner", "--train", "pos=ewt.conllu", "--train", "ner=wg.conll", "--weight", "ner=2", "--weight", "ner=3"),
            "--weight ner=3: ner has a weight already, 2",
        ),
    ],
)
def test_slips_are_told(words: tuple[str, ...], what: str, typed: Typed, tmp_path: Path) -> None:
    _, complaint = typed("fit", *words, "--out", "m", code=2)
    assert what in complaint
    assert not (tmp_path / "m").exists()
