"""Documents indexed and searched: only what has changed is read, and nothing is searched by another model than it was kept by."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from typer.testing import CliRunner

import tasktune as tt
from tasktune.cli import app
from tasktune.models.embedder import embedder
from tasktune.recipe import Recipe
from tasktune.retrieval.search import Search, finder
from tasktune.stores import Facts, open_store

verb = import_module("tasktune.verbs.index")
TEXTS = {
    "wings.md": "# Wings\n\nA wing stalls when air leaves it.\n\n## Flaps\n\nFlaps make a wing stall later.\n",
    "eggs.txt": "Boil eggs for ten minutes.",
    "下雨.txt": "北京今天下雨。明天天气很好。",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    made = tmp_path / "docs"
    made.mkdir()
    for name, text in TEXTS.items():
        (made / name).write_text(text, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def bert(tiny: Callable[[str], Path]) -> str:
    return str(tiny("bert"))


def texts(query: str, how: Search | None = None) -> list[str]:
    return [hit.passage.text for hit in tt.search("kb.db", query, 3, how)]


def test_what_is_indexed_is_found_by_its_words(folder: Path):
    done = tt.index("docs", "kb.db", None)
    assert (done.written, done.same, done.gone, done.lost.as_json()) == (3, 0, 0, {})
    hits = tt.search("kb.db", "when do flaps stall?")
    assert hits[0].passage.source == "docs/wings.md"
    assert TEXTS["wings.md"][hits[0].passage.start : hits[0].passage.end] == hits[0].passage.text
    assert texts("天气")[0] == TEXTS["下雨.txt"]


def test_only_what_has_changed_is_read_and_what_is_gone_goes(folder: Path):
    tt.index("docs", "kb.db", None)
    (folder / "eggs.txt").write_text("Fry eggs instead.")
    (folder / "下雨.txt").unlink()
    (folder.parent / "more.txt").write_text("Ducks lay eggs too.")
    done = tt.index("docs", "kb.db", None)
    assert (done.written, done.same, done.gone) == (1, 1, 1)
    done = tt.index("more.txt", "kb.db", None)
    assert (done.written, done.gone) == (1, 0)
    assert sorted(texts("eggs")) == ["Ducks lay eggs too.", "Fry eggs instead."]
    assert texts("天气") == []


def test_what_is_called_the_same_elsewhere_is_neither_gone_nor_replaced(folder: Path, monkeypatch: pytest.MonkeyPatch):
    tt.index("docs", "kb.db", None)
    elsewhere = folder.parent / "elsewhere"
    (elsewhere / "docs").mkdir(parents=True)
    (elsewhere / "docs/ducks.txt").write_text("Ducks lay eggs.")
    monkeypatch.chdir(elsewhere)
    assert tt.index("docs", "../kb.db", None).gone == 0
    (elsewhere / "docs/eggs.txt").write_text("Paint eggs.")
    with pytest.raises(
        tt.InputError, match=rf"a docs/eggs.txt already, {folder}/eggs.txt, and this .* {elsewhere}/docs/eggs.txt"
    ):
        tt.index("docs", "../kb.db", None)
    with pytest.raises(tt.InputError, match=r"docs/下雨\.txt: there is no such file"):
        tt.index("docs/下雨.txt", "../kb.db", None)
    folder.rename(folder.parent / "moved")  # what is not there any more gives way
    assert (tt.index("docs", "../kb.db", None).written, len(tt.search("../kb.db", "eggs"))) == (1, 2)


def test_again_puts_what_is_called_the_same_in_its_place(folder: Path, monkeypatch: pytest.MonkeyPatch):
    tt.index("docs", "kb.db", None)
    (folder.parent / "elsewhere/docs").mkdir(parents=True)
    monkeypatch.chdir(folder.parent / "elsewhere")
    Path("docs/eggs.txt").write_text("Paint eggs.")
    done = tt.index("docs", "../kb.db", None, again=True)
    assert (done.written, done.gone, len(tt.search("../kb.db", "eggs"))) == (1, 2, 1)


def test_where_a_file_lies_is_renewed_though_it_is_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch):
    tt.index("docs", "kb.db", None)
    with open_store("kb.db", "write") as store:
        store.move(dict.fromkeys(store.paths(), ""))  # as in a store of before
    for place in ("x", "y"):
        Path(place).mkdir()
    for at, before in (("x/docs", "docs"), ("y/docs", "x/docs")):
        Path(folder.parent / before).rename(folder.parent / at)
        monkeypatch.chdir((folder.parent / at).parent)
        assert tt.index("docs", "../kb.db", None).same == 3
        with open_store("../kb.db") as store:
            assert store.paths()["docs/eggs.txt"] == str(folder.parent / at / "eggs.txt")
    (folder.parent / "x/docs").mkdir()
    (folder.parent / "x/docs/eggs.txt").write_text(TEXTS["eggs.txt"])
    assert tt.index("docs", "../kb.db", None).same == 3
    monkeypatch.chdir(folder.parent / "x")
    with pytest.raises(tt.InputError, match=r"has a docs/eggs\.txt already"):
        tt.index("docs", "../kb.db", None)


@pytest.mark.parametrize("again", [False, True])
def test_a_file_and_a_folder_that_were_removed_go_by_their_own_names(folder: Path, again: bool):
    (folder.parent / "more.txt").write_text("Ducks lay eggs too.")
    (folder / "sub").mkdir()
    (folder / "sub/geese.txt").write_text("Geese lay eggs.")
    places = ["docs/eggs.txt", "docs/sub", "more.txt"]
    tt.index(places, "kb.db", None)
    for path in (folder / "eggs.txt", folder / "sub/geese.txt"):
        path.unlink()
    (folder / "sub").rmdir()
    done = tt.index(places if again else places[:2], "kb.db", None, again=again)
    assert (done.gone, [*done.lost.examples.values()]) == (2, [["docs/eggs.txt", "docs/sub"]])
    assert texts("eggs") == ["Ducks lay eggs too."]
    with pytest.raises(tt.InputError, match=r"docs/eggs\.txt: there is no such file"):
        tt.index("docs/eggs.txt", "kb.db", None)


def test_a_link_among_what_a_shell_names_is_told(folder: Path):
    (folder.parent / "secret.txt").write_text("Eggs of gold.")
    (folder / "link.txt").symlink_to("../secret.txt")
    done = tt.index([str(path.relative_to(folder.parent)) for path in sorted(folder.iterdir())], "kb.db", None)
    assert (done.written, [*done.lost.examples.values()]) == (3, [["docs/link.txt"]])
    assert texts("gold") == []


def test_a_store_among_the_documents_is_none_of_them(folder: Path):
    for _ in range(2):
        done = tt.index("docs", "docs/kb.db", None)
        assert done.lost.as_json() == {}
    assert (done.written, done.same) == (0, 3)


def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_indexed(folder: Path):
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing of the kind")
    done = tt.index("docs", "kb.db", None)
    assert [ids for lost in done.lost.as_json().values() for ids in lost["records"]] == ["docs/broken.pdf"]
    assert texts("eggs") == [TEXTS["eggs.txt"]]
    assert tt.index("docs", "kb.db", None).written == 0


@pytest.mark.parametrize("said", ["pip install 'tasktune[rag]'", "it cannot be opened: Input/output error", "reading it ended"])
def test_what_may_be_read_another_time_is_tried_again_and_stays_till_then(folder: Path, monkeypatch: pytest.MonkeyPatch, said):
    tt.index("docs", "kb.db", None)
    (folder / "eggs.txt").write_text("Fry eggs instead.")
    with monkeypatch.context() as patched:
        patched.setattr(verb, "read", lambda file, lost: lost.add(said, file.source) or ())
        done = tt.index("docs", "kb.db", None)
    assert (done.written, done.same, done.lost.counts) == (0, 2, {said: 1})
    assert texts("eggs") == [TEXTS["eggs.txt"]]
    assert tt.index("docs", "kb.db", None).written == 1
    assert texts("eggs") == ["Fry eggs instead."]


def test_files_without_words_are_written_as_they_come():
    files = [verb._File(str(k), "", "", []) for k in range(3 * verb._AT_ONCE)]
    assert [len(batch) for batch in verb._batches(files)] == [verb._AT_ONCE] * 3


WITHOUT_TORCH = """
import sys
sys.modules["torch"] = None
from tasktune import cli
sys.argv = ["tasktune", *sys.argv[1:]]
sys.exit(cli.main())
"""


def test_words_are_indexed_and_found_without_torch(folder: Path):
    for given in (["index", "docs", "--into", "kb.db", "--model", "none"], ["search", "kb.db", "eggs", "--json"]):
        done = subprocess.run([sys.executable, "-c", WITHOUT_TORCH, *given], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["hits"][0]["passage"]["source"] == "docs/eggs.txt"
    given = ["ask", "kb.db", "eggs?", "--generator", "http://127.0.0.1:9/v1", "--generator-name", "x"]
    done = subprocess.run([sys.executable, "-c", WITHOUT_TORCH, *given], capture_output=True, text=True, check=False)
    assert "nothing answers at http://127.0.0.1:9/v1" in done.stderr


def test_help_of_a_search_is_shown_without_numpy():
    alone = WITHOUT_TORCH.replace("torch", "numpy")
    done = subprocess.run([sys.executable, "-c", alone, "search", "--help"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, "--rerank" in done.stdout) == (0, "", True)


def test_other_passages_are_refused_until_all_is_indexed_anew(folder: Path):
    tt.index("docs", "kb.db", None)
    said = r"was indexed with chunking '256 words, overlap 0', but this is '9 words, overlap 0'; .* --again"
    with pytest.raises(tt.InputError, match=said):
        tt.index("docs", "kb.db", None, limit=9)
    assert tt.index("docs", "kb.db", None, limit=9, again=True).written == 3


def test_a_name_that_no_passage_has_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch):
    (folder / "mail.csv").write_text("text,author\nBoil eggs,Ann\n", encoding="utf-8")
    tt.index("docs", "kb.db", None)
    assert texts("eggs", Search(where={"author": "Ann"})) == ["Boil eggs"]
    assert texts("eggs", Search(where={"author": "Bob"})) == []
    with pytest.raises(tt.InputError, match=r"^where: no passage here has 'autor'; they have: author, .*page, source"):
        tt.search("kb.db", "eggs", how=Search(where={"autor": "Ann"}))
    monkeypatch.setattr("tasktune.retrieval.search._READ", 2)
    assert texts("eggs", Search(where={"autor": "Ann"})) == []


@pytest.mark.slow
def test_a_search_that_goes_on_does_not_compare_vectors_of_two_models(folder: Path, bert: str):
    tt.index("docs", "kb.db", bert)
    with open_store("kb.db") as store:
        find = finder(store, Search())
        assert len(find(["eggs"], 1)[0]) == 1
        with open_store("kb.db", "write") as another:
            another.renew(replace(store.facts() or Facts(), weights="other"))
        with pytest.raises(tt.InputError, match="indexed anew by another model"):
            find(["eggs"], 1)


@pytest.mark.slow
def test_a_model_without_a_name_is_not_passed_over(folder: Path, bert: str):
    tt.index("docs", "kb.db", embedder(bert, Recipe()))
    with pytest.raises(tt.InputError, match="a model that was given as it was"):
        tt.search("kb.db", "eggs")
    assert texts("eggs", Search(by="words")) == [TEXTS["eggs.txt"]]


@pytest.mark.slow
def test_a_folder_with_a_model_is_found_from_anywhere(folder: Path, bert: str, monkeypatch: pytest.MonkeyPatch):
    (folder.parent / "bert").symlink_to(bert)
    tt.index("docs", "kb.db", "bert")
    monkeypatch.chdir("docs")
    assert tt.search("../kb.db", TEXTS["eggs.txt"], 1, Search(by="vectors"))[0].passage.text == TEXTS["eggs.txt"]


@pytest.mark.slow
def test_by_vectors_a_passage_is_nearest_to_itself(folder: Path, bert: str):
    tt.index("docs", "kb.db", bert)
    assert texts(TEXTS["eggs.txt"], Search(by="vectors"))[0] == TEXTS["eggs.txt"]
    both = tt.search("kb.db", TEXTS["eggs.txt"], 3)
    assert both[0].passage.text == TEXTS["eggs.txt"]
    assert both[0].score == pytest.approx(1 / 61)


@pytest.mark.slow
def test_a_store_knows_how_long_its_vectors_are_and_what_prompts_they_came_of(folder: Path, bert: str):
    short, told = Recipe(dimensions=8), Recipe(prompts=("query: ", "passage: "))
    tt.index("docs", "kb.db", bert, recipe=short)
    for recipe in (None, short):
        assert len(tt.search("kb.db", "eggs", 1, Search(by="vectors"), recipe)) == 1
    with pytest.raises(tt.InputError, match="have 8 numbers, and not 4: leave --dimensions out"):
        tt.search("kb.db", "eggs", 1, recipe=Recipe(dimensions=4))
    tt.index("docs", "told.db", bert, recipe=told)
    assert len(tt.search("told.db", "eggs", 1, recipe=told)) == 1
    with pytest.raises(tt.InputError, match="told other --prompts"):
        tt.search("told.db", "eggs", 1)
    with pytest.raises(tt.InputError, match="was indexed with weights"):
        tt.index("docs", "told.db", bert)


@pytest.mark.slow
def test_another_model_is_refused_until_all_is_embedded_anew(folder: Path, bert: str, tmp_path: Path):
    tt.index("docs", "kb.db", bert)
    changed = tmp_path / "changed"
    changed.mkdir()
    for file in Path(bert).iterdir():
        (changed / file.name).write_bytes(file.read_bytes())
    weights = load_file(changed / "model.safetensors")
    save_file({name: weight + 0.01 * torch.ones_like(weight) for name, weight in weights.items()}, changed / "model.safetensors")
    with pytest.raises(tt.InputError, match="was indexed with"):
        tt.index("docs", "kb.db", str(changed))
    assert texts(TEXTS["eggs.txt"], Search(by="vectors"))[0] == TEXTS["eggs.txt"]
    assert tt.index("docs", "kb.db", str(changed), again=True).written == 3
    for file in Path(bert).iterdir():
        (changed / file.name).write_bytes(file.read_bytes())
    with pytest.raises(tt.InputError, match="its weights have changed"):
        texts("eggs")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"limit": 0}, "a larger limit"),
        ({"limit": 20, "overlap": 20}, "a smaller overlap"),
        ({"overlap": -1}, "overlap of -1"),
        ({"model": "nowhere"}, "nowhere is not here"),
    ],
)
def test_what_cannot_be_indexed_begins_no_store(folder: Path, wrong, said):
    with pytest.raises(tt.InputError, match=said):
        tt.index("docs", "kb.db", **{"model": None} | wrong)
    assert not Path("kb.db").exists()


@pytest.mark.slow
def test_a_reranker_orders_what_another_way_found(folder: Path, bert: str, tuned: Callable[[str, str], tt.Model]):
    tt.index("docs", "kb.db", None)
    grader = tuned("reranking", "bert")
    hits = tt.search("kb.db", "eggs stall", 3, Search(rerank=grader))
    grades = [hit.score for hit in hits]
    assert grades == sorted(grades, reverse=True)
    alone = grader.predict([{"query": "eggs stall", "passage": hits[0].passage.text}])[0].answer
    if not hits[0].passage.titles:
        assert grades[0] == pytest.approx(alone, abs=1e-4)
    as_found = tt.search("kb.db", "eggs stall", 3)
    unweighed = tt.search("kb.db", "eggs stall", 3, Search(rerank=grader, rerank_weight=0.0))
    assert [hit.passage for hit in unweighed] == [hit.passage for hit in as_found]
    with pytest.raises(tt.InputError, match="for reranking"):
        tt.search("kb.db", "eggs", 3, Search(rerank=tuned("ner", "bert")))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"by": "magic"}, "by must be both, words, vectors"),
        ({"weight": 2}, "weight must be from 0 to 1"),
        ({"rerank_weight": 1.1}, "rerank_weight must be from 0 to 1"),
        ({"diversity": -1}, "diversity must be from 0 to 1"),
        ({"around": -1}, "around must be 0 or more"),
        ({"rewritten": "x"}, "rewritten must be no, hyde, reworded"),
    ],
)
def test_what_no_search_can_be_is_refused(how, said):
    with pytest.raises(tt.InputError, match=said):
        Search(**how)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (Search(rerank="nowhere"), "^--rerank: nowhere is no model tuned"),
        (Search(rewritten="hyde", writer="nowhere"), "^--writer: nowhere is not here"),
    ],
)
def test_which_of_several_models_is_wrong_is_said(folder: Path, how: Search, said: str):
    tt.index("docs", "kb.db", None)
    with pytest.raises(tt.InputError, match=said):
        tt.search("kb.db", "eggs", 3, how)


def test_a_store_is_refused_that_has_not_what_is_asked_of_it(folder: Path):
    with pytest.raises(tt.InputError, match=r"kb\.db"):
        tt.search("kb.db", "eggs")
    tt.index("docs", "kb.db", None)
    for how, said in (
        (Search(by="vectors"), "nothing here has vectors"),
        (Search(diversity=0.5), "--diversity compares vectors"),
        (Search(collection="other"), "there is: main"),
    ):
        with pytest.raises(tt.InputError, match=said):
            tt.search("kb.db", "eggs", 3, how)
    with pytest.raises(tt.InputError, match="1 or more"):
        tt.search("kb.db", "eggs", 0)


def test_the_commands(folder: Path):
    run = CliRunner().invoke
    indexed = run(app, ["index", "docs", "--into", "kb.db", "--model", "none"])
    assert indexed.exit_code == 0, indexed.output
    assert "3 files of 3 passages written" in indexed.output
    found = run(app, ["search", "kb.db", "-", "--json", "-k", "1", "--where", "source=docs/eggs.txt"], input="eggs\nboil\n")
    lines = [json.loads(line) for line in found.output.splitlines()]
    assert [(line["query"], line["hits"][0]["passage"]["source"]) for line in lines] == [
        (q, "docs/eggs.txt") for q in ("eggs", "boil")
    ]
    told = run(app, ["search", "kb.db", "eggs"])
    assert "docs/eggs.txt (0–26)" in told.output
    assert lines[0]["hits"][0]["score"] > 0


def test_where_nothing_can_be_read_it_is_said_and_no_store_is_made(folder: Path):
    (folder.parent / "odd").mkdir()
    (folder.parent / "odd" / "a.bin").write_bytes(bytes(range(256)))
    (folder.parent / "odd" / "b.txt").write_text(" \n")
    for place, looked_at in (("odd", "2 files"), ("odd/b.txt", "1 file")):
        with pytest.raises(tt.InputError, match=f"{looked_at} looked at, and nothing .* kb.db would be empty.*read: .pdf, .docx"):
            tt.index(place, "kb.db", None)
    assert [path.name for path in folder.parent.iterdir() if path.name.startswith("kb")] == []
    with pytest.raises(tt.InputError, match=r"no format that is read \(.bin, not text\): 1 \(first: odd/a.bin\)"):
        tt.index("odd", "kb.db", None)


def test_what_is_emptied_on_purpose_is_no_mistake(folder: Path):
    tt.index("docs", "kb.db", None)
    for file in folder.iterdir():
        file.unlink()
    assert tt.index("docs", "kb.db", None).gone == 3
    with pytest.raises(tt.InputError, match="0 files looked at"):
        tt.index("docs", "kb.db", None)
    assert Path("kb.db").exists()


def test_documents_that_have_become_empty_are_no_mistake_either(folder: Path):
    tt.index("docs", "kb.db", None)
    for file in folder.iterdir():
        file.write_text(" ")
    assert tt.index("docs", "kb.db", None).passages == 0


def test_again_leaves_no_file_without_vectors(folder: Path):
    tt.index("docs", "kb.db", None)
    with pytest.raises(tt.InputError, match=r"2 files of its collection 'main' would be left out \(first: docs/eggs.txt\)"):
        tt.index("docs/wings.md", "kb.db", None, limit=9, again=True)
    (folder / "eggs.txt").unlink()
    assert tt.index("docs", "kb.db", None, limit=9, again=True).gone == 1  # what is gone needs no vectors
    tt.index("docs/wings.md", "kb.db", None, "other", limit=9)
    with pytest.raises(tt.InputError, match=r"1 file of its collection 'other' would be left out.*make a new store"):
        tt.index("docs", "kb.db", None, again=True)


def test_a_store_that_is_removed_meanwhile_is_missed(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(verb, "_put", lambda *given, put=verb._put: (Path("kb.db").unlink(), put(*given)))
    with pytest.raises(tt.InputError, match="removed or moved away"):
        tt.index("docs", "kb.db", None)
