"""A store is measured by questions that name their sources, and words and vectors are weighed by them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

import tasktune as tt
from tasktune.cli import app
from tasktune.retrieval.weighing import WEIGHTS
from tasktune.verbs.grounded import evaluate_grounded
from tasktune.verbs.show import show_weighed
from tasktune.verbs.weigh import weigh

ASKED = (
    {"question": "when do eggs boil?", "sources": ["docs/eggs.txt"]},
    {
        "question": "who lands at noon?",
        "sources": [{"source": "docs/ferry.txt", "start": 0, "end": 10}],
        "answers": ["the ferry"],
    },
)


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "eggs.txt").write_text("Eggs boil in ten minutes.")
    (docs / "ferry.txt").write_text("The ferry lands at noon.")
    (tmp_path / "asked.jsonl").write_text("\n".join(map(json.dumps, ASKED)))
    return tmp_path / "asked.jsonl"


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(words))
    return done.exit_code, done.output if done.exception is None else str(done.exception)


@pytest.mark.slow
def test_weights_are_found_and_told(asked: Path, tiny: Callable[[str], Path], tuned: Callable[[str, str], tt.Model]):
    tt.index("docs", "kb.db", str(tiny("bert")))
    best, means = weigh("kb.db", asked)["weight"]
    assert tuple(means) == WEIGHTS
    assert means[best] == max(means.values())
    code, said = run("weigh", "kb.db", "asked.jsonl")
    assert code == 0
    assert said.splitlines()[-1] == f"search with --weight {best:g}"
    tuned("reranking", "bert").save("grader")
    code, said = run("weigh", "kb.db", "asked.jsonl", "--rerank", "grader")
    assert code == 0
    assert said.count("ndcg@10") == 2 * len(WEIGHTS)
    assert said.splitlines()[-1].startswith(f"search with --weight {best:g} ")


@pytest.mark.slow
def test_a_reranker_is_weighed_beside_words_alone(asked: Path, tuned: Callable[[str, str], tt.Model]):
    tt.index("docs", "kb.db", None)
    rows = [{"question": "eggs", "sources": ["docs/eggs.txt"]}, {"question": "ferry", "sources": ["docs/ferry.txt"]}]
    assert list(weigh("kb.db", rows, rerank=tuned("reranking", "bert"))) == ["rerank_weight"]


def test_the_flags_to_search_with_are_told(capsys: pytest.CaptureFixture[str]):
    show_weighed({"weight": (0.3, {0.3: 0.5}), "rerank_weight": (0.4, {0.4: 0.6})}, "my runs/r")
    assert capsys.readouterr().out.splitlines()[-1] == "search with --weight 0.3 --rerank 'my runs/r' --rerank-weight 0.4"
    show_weighed({"weight": (0.3, {0.3: 0.5}), "rerank_weight": (0.0, {0.0: 0.5})}, "runs/r")
    assert capsys.readouterr().out.splitlines()[-2:] == ["the reranker had better be left out", "search with --weight 0.3"]
    show_weighed({"rerank_weight": (0.0, {0.0: 0.5})}, "runs/r")
    assert capsys.readouterr().out.splitlines()[-1] == "the reranker had better be left out"


def test_a_reranker_that_is_none_is_told_before_anything_is_searched(asked: Path):
    tt.index("docs", "kb.db", None)
    code, said = run("weigh", "kb.db", "asked.jsonl", "--rerank", "nowhere")
    assert code != 0
    assert said.startswith("--rerank: nowhere is no")


def test_what_is_found_is_measured_by_the_sources(asked: Path):
    tt.index("docs", "kb.db", None)
    code, said = run("evaluate", "kb.db", "asked.jsonl", "--json", "--by", "words")
    assert code == 0
    told = json.loads(said)
    assert (told["questions"], told["found"]["ndcg@10"]["value"], told["answered"]) == (2, 1.0, {})
    assert "what is found, 2 records" in run("evaluate", "kb.db", "asked.jsonl")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("evaluate", "kb.db", "asked.jsonl", "asked.jsonl"), "one file of questions, but 2 are given"),
        (("evaluate", "kb.db", "asked.jsonl", "--calibrate", "sure.json"), "name who answers with --generator"),
        (("evaluate", "kb.db", "asked.jsonl", "--judge", "runs/nli"), "name who answers with --generator"),
        (
            (
                "evaluate",
                "kb.db",
                "asked.jsonl",
                "--calibrate",
                "sure.json",
                "--generator",
                "smollm2",
                "--judge",
                "runs/nli",
                "--json",
            ),
            "has no use for --judge, --json",
        ),
        (("evaluate", "runs/none", "asked.jsonl", "--around", "2"), "runs/none is no store"),
        (("weigh", "kb.db", "asked.jsonl"), "nothing here has vectors"),
        (("weigh", "kb.db", "unsourced.jsonl"), "names its 'sources'"),
    ],
)
def test_what_cannot_be_measured_is_told(asked: Path, words: tuple[str, ...], said: str):
    tt.index("docs", "kb.db", None)
    asked.with_name("unsourced.jsonl").write_text(json.dumps({"question": "why?", "answer": "so"}))
    code, told = run(*words)
    assert code != 0
    assert said in told
    assert not asked.with_name("sure.json").exists()


def test_questions_may_be_a_table_and_its_columns_are_told(asked: Path, tmp_path: Path):
    tt.index("docs", "kb.db", None)
    (tmp_path / "asked.csv").write_text("question,sources\neggs?,docs/eggs.txt\nferry?,docs/ferry.txt\n")
    assert evaluate_grounded("kb.db", "asked.csv").questions == 2
    (tmp_path / "other.csv").write_text("label,sources\nx,docs/eggs.txt\n")
    assert "no 'question' here, only: sources ('docs/eggs.txt'), label ('x')" in run("evaluate", "kb.db", "other.csv")[1]
    (tmp_path / "none.jsonl").touch()
    assert "none.jsonl: there is no question in it" in run("evaluate", "kb.db", "none.jsonl")[1]


def test_a_place_that_cannot_be_written_is_told_before_anybody_answers(asked: Path):
    tt.index("docs", "kb.db", None)
    nobody = ("--generator", "http://127.0.0.1:9/v1", "--generator-name", "x")
    code, said = run("evaluate", "kb.db", "asked.jsonl", "--calibrate", "nowhere/sure.json", *nobody)
    assert code != 0
    assert "nowhere" in said


def test_sources_that_are_not_there_are_told_and_where_none_is_refused(asked: Path, tmp_path: Path):
    tt.index("docs", "kb.db", None)
    rows = [
        {"question": "eggs?", "sources": ["eggs.txt", {"source": "docs/eggs.txt"}]},
        {"question": "x?", "sources": "none.txt"},
    ]
    assert evaluate_grounded("kb.db", rows).lost.as_json() == {
        "a source that is not in the store": {"count": 2, "records": ["eggs.txt", "none.txt"]}
    }
    (tmp_path / "wrong.jsonl").write_text(json.dumps({"question": "eggs?", "sources": ["eggs.txt"]}))
    for verb in ("evaluate", "weigh"):
        code, said = run(verb, "kb.db", "wrong.jsonl")
        assert code != 0
        assert "none of the 1 source that the questions name (first: 'eggs.txt') is in the collection 'main'" in said
        assert "which has 'docs/eggs.txt', for one" in said


def test_help_shows_the_flags_of_embedding_alone():
    for verb in ("index", "weigh"):
        said = run(verb, "--help")[1]
        assert ("--prompts" in said, "--beams" in said, "--projective" in said, "--lossy" in said) == (True, False, False, False)


def test_a_generator_that_is_none_is_named_by_its_flag(asked: Path):
    tt.index("docs", "kb.db", None)
    code, said = run("ask", "kb.db", "when do eggs boil?", "--by", "words", "--generator", "nowhere")
    assert code != 0
    assert said.startswith("--generator: nowhere is not here")


@pytest.mark.slow
def test_how_sure_answers_are_is_learnt_and_used(asked: Path, tuned: Callable[[str, str], tt.Model]):
    tt.index("docs", "kb.db", None)
    tuned("question-answering-grounded", "llama").save("reader")
    rows = [{"question": f"when do eggs boil, {k}?", "answers": ["in ten minutes"]} for k in range(3)]
    asked.write_text("\n".join(map(json.dumps, rows)))
    words = ("evaluate", "kb.db", "asked.jsonl", "--by", "words", "--generator", "reader")
    code, said = run(*words, "--calibrate", "sure.json")
    assert code == 0, said
    assert set(json.loads(Path("sure.json").read_text())) == {"bias", "found", "told", "threshold"}
    code, said = run(*words, "--confidence", "sure.json", "--json")
    assert code == 0
    assert json.loads(said)["questions"] == 3
