"""The commands as people give them: exit codes, what is printed where, what is written, and that bad input writes nothing."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forked import forked
from tasktune import cli
from tasktune.tasks import NAMES, task

Run = Callable[..., tuple[int, str, str]]
FAST = ("--epochs", "30", "--learning-rate", "1e-2", "--batch-size", "4", "--evaluations", "0.034", "--max-new-tokens", "8")


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Gives a command line to `tasktune` in an empty folder; gives back its exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")

    def given(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["tasktune", *map(str, words)])
        capfd.readouterr()
        try:
            cli.main()
            code = 0
        except SystemExit as left:
            code = int(left.code or 0)
        said = capfd.readouterr()
        return code, said.out, said.err

    return given


def jsonl(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


NLI = [{"premise": r.premise, "hypothesis": r.hypothesis, "label": r.answer} for r in task("nli").example]


@pytest.fixture
def nli(tmp_path: Path) -> Path:
    return jsonl(tmp_path / "nli.jsonl", NLI)


@pytest.fixture(scope="session")
def knowing(tuned: Callable[[str, str], Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model that knows the example of named-entity recognition by heart."""
    return tuned("ner", "bert").save(tmp_path_factory.mktemp("knowing") / "model")


def test_fit_then_evaluate_then_predict(run: Run, tiny: Callable[[str], Path], nli: Path, tmp_path: Path) -> None:
    code, out, err = run("fit", "nli", "--model", tiny("bert"), "--train", nli, "--dev", nli, "--out", "runs/m", *FAST)
    assert code == 0, err
    assert "accuracy" in out
    assert "saved in runs/m" in out
    written = {path.name for path in (tmp_path / "runs/m").iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json", "tasktune.json", "recipe.toml", "README.md"} <= written
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["m"]

    code, out, err = run("evaluate", "runs/m", nli, "--json")
    assert code == 0, err
    found = json.loads(out)
    assert {"task", "primary", "records", "scores", "ceiling", "lost"} <= found.keys()
    assert (found["task"], found["primary"], found["records"], found["lost"]) == ("nli", "accuracy", 4, {})
    assert found["scores"]["accuracy"].keys() == {"value", "low", "high"}
    assert found["ceiling"]["accuracy"] == 1.0

    code, out, _ = run("evaluate", "runs/m", nli)
    assert code == 0
    assert "accuracy" in out
    assert "ceiling" in out

    code, out, err = run("predict", "runs/m", nli, "--out", "answers.jsonl")
    assert (code, out) == (0, ""), err
    answers = [json.loads(line) for line in Path("answers.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(a["premise"], a["hypothesis"], a["gold"]) for a in answers] == [tuple(row.values()) for row in NLI]
    assert all(0 < a["score"] <= 1 for a in answers)


def test_predict_streams_from_standard_input_in_order(run: Run, knowing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [record.text for record in task("ner").example] * 3
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("\n".join(texts).encode())))
    code, out, err = run("predict", knowing, "-", "--format", "text")
    assert (code, err) == (0, "")
    answers = [json.loads(line) for line in out.splitlines()]
    assert [a["text"] for a in answers] == texts
    first = answers[0]["answer"][0]
    assert (first["start"], first["end"], first["label"], first["text"]) == (0, 12, "PER", "Ada Lovelace")
    assert 0 < first["score"] <= 1


def test_chat_answers_the_lines_of_a_pipe(
    run: Run, tiny: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Hello\n/save said.jsonl\n/exit\nnot said\n")))
    code, out, err = run("chat", tiny("llama"), "--max-new-tokens", "3", "--system", "Be brief.")
    (said,) = [json.loads(line) for line in (tmp_path / "said.jsonl").read_text(encoding="utf-8").splitlines()]
    assert code == 0
    assert [turn["role"] for turn in said["messages"]] == ["system", "user", "assistant"]
    assert out == said["messages"][-1]["content"] + "\n"
    assert err == "(the answer is longer than --max-new-tokens, and was cut there)\n(written to said.jsonl)\n"


def test_what_is_piped_into_a_chat_must_be_text(run: Run, tiny: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Caf\xe9\n")))
    code, _, err = run("chat", tiny("llama"), "--max-new-tokens", "3")
    assert code == 2
    assert "<stdin>:1:4: byte 0xe9 is not UTF-8" in err


def test_a_closed_standard_input_is_told(run: Run, knowing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    code, _, err = run("predict", knowing, "-")
    assert (code, "standard input is closed" in err) == (2, True)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is Linux's")
def test_a_full_disk_is_told_in_a_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tasktune", "tasks"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr == "tasktune: No space left on device: what is written finds no room; make some, or write elsewhere\n"


def test_answers_can_be_read_again_and_measured(run: Run, knowing: Path, tmp_path: Path) -> None:
    run("sample", "ner", "--out", ".")
    assert run("predict", knowing, "ner.jsonl", "--out", "answers.jsonl")[0] == 0
    code, out, err = run("evaluate", knowing, "answers.jsonl", "--json")
    assert code == 0, err
    assert json.loads(out)["scores"]["f1"]["value"] == 1.0


def test_tasks_are_listed_and_shown(run: Run) -> None:
    code, out, _ = run("tasks")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == list(NAMES)
    for name in NAMES:
        code, out, _ = run("tasks", name)
        assert code == 0
        assert f"`tasktune sample {name} --out DIR`" in out
        assert "conll" in out


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_can_be_trained_on(run: Run, tiny: Callable[[str], Path], name: str) -> None:
    kind = "bert" if task(name).encoder else "llama" if task(name).decoder else "llava"
    code, out, _ = run("sample", name, "--out", "data")
    assert (code, out.splitlines()[-1]) == (0, f"data/{name}.jsonl")
    data = f"data/{name}.jsonl"
    code, _, err = run(
        "fit", name, "--model", tiny(kind), "--train", data, "--dev", data, "--out", "m", "--epochs", 1, "--max-new-tokens", 4
    )
    assert code == 0, err
    assert run("evaluate", "m", data)[0] == 0


def test_models_are_listed(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TASKTUNE_CACHE", str(tmp_path))
    code, out, _ = run("models")
    assert code == 0
    assert "minilm" in out
    code, _, err = run("models", "get", "nothing")
    assert code == 2
    assert "there is no model named 'nothing'" in err


def test_options_come_from_flags_before_the_recipe_file(run: Run, tiny: Callable[[str], Path], nli: Path) -> None:
    Path("r.toml").write_text('epochs = 1\nlearning_rate = 0.5\nprecision = "fp32"\n')
    made = ("fit", "nli", "--model", tiny("bert"), "--train", nli, "--dev", nli, "--out", "m")
    assert run(*made, "--recipe", "r.toml", "--learning-rate", "1e-3")[0] == 0
    saved = Path("m/recipe.toml").read_text()
    assert "\nepochs = 1.0\n" in saved or "\nepochs = 1\n" in saved
    assert "\nlearning_rate = 0.001\n" in saved


def bad(name: str) -> tuple[list[str], str]:
    """A command that cannot be carried out, by name, and what its message must say."""

    def fit(task: str = "nli", train: str = "nli.jsonl", model: str = "MODEL", out: str = "out") -> list[str]:
        return ["fit", task, "--model", model, "--train", train, "--out", out]

    commands = {
        "no such file": (fit(train="none.jsonl"), "none.jsonl"),
        "no such dev file": ([*fit(), "--dev", "none.jsonl"], "none.jsonl"),
        "no such task": (fit("nlp"), "there is no task 'nlp'; there are: aspect-polarity"),
        "no such model": (
            fit(model="./none"),
            "there is no model at ./none",
        ),
        "map without =": ([*fit(), "--map", "premise"], "--map"),
        "map to no column": ([*fit(), "--map", "premise=nothing"], "nothing"),
        "map of no field": ([*fit(), "--map", "nothing=premise"], "nothing"),
        "no such format": ([*fit(), "--format", "docx"], "docx"),
        "no such recipe": ([*fit(), "--recipe", "none.toml"], "none.toml: there is no such recipe file"),
        "unknown option in recipe": (
            [*fit(), "--recipe", "bad.toml"],
            "bad.toml: there is no option 'epoch'",
        ),
        "broken recipe": ([*fit(), "--recipe", "broken.toml"], "broken.toml: not a TOML file"),
        "wrong value in recipe": ([*fit(), "--recipe", "wrong.toml"], "wrong.toml: epochs"),
        "value out of bounds": ([*fit(), "--batch-size", "0"], "batch_size must be more than 0, but is 0"),
        "no such policy": ([*fit(), "--lossy", "maybe"], "lossy"),
        "a word for a number": ([*fit(), "--epochs", "many"], "epochs"),
        "no room for a text": ([*fit(), "--max-length", "2"], "--max-length 2"),
        "more than the model reads": ([*fit(), "--max-length", "9999"], "9999 is more than the 512 tokens"),
        "taken": (fit(out="taken"), "taken is there already"),
        "empty file": (fit(train="empty.jsonl"), "empty.jsonl: there is no record in it that can be used"),
        "one label": (fit(train="one.jsonl"), "1 label"),
        "no answers": (fit(train="answerless.jsonl"), "answerless.jsonl:2"),
        "a column missing": (fit("ner"), "nli.jsonl:1"),
        "all dropped": ([*fit(), "--lossy", "drop", "--max-length", "8"], "leaves no record to learn from"),
        "family that cannot": (fit("chat", train="chat.jsonl"), "chat cannot be done by a model of the encoder family"),
        "family that cannot, by name": (fit("chat", model="minilm"), "chat cannot be done by a model of the encoder family"),
        "no tuned model": (["evaluate", "MODEL", "nli.jsonl"], "is no model tuned by tasktune"),
        "no folder": (["predict", "none", "nli.jsonl"], "is no model tuned by tasktune"),
        "no data to measure by": (["evaluate", "KNOWING", "empty.jsonl"], "there are no records to measure by"),
        "no data to answer": (["predict", "KNOWING", "none.txt", "--out", "out"], "none.txt"),
        "not JSON": (["predict", "KNOWING", "broken.jsonl", "--out", "out"], "broken.jsonl:2"),
        "sample of no task": (["sample", "nothing", "--out", "out"], "there is no task 'nothing'"),
        "no task to show": (["tasks", "nothing"], "there is no task 'nothing'"),
        "bad task name": (["new-task", "Not A Name"], "Not A Name"),
        "no answers to rate": (["rate", "none.jsonl", "nli.jsonl", "--out", "out"], "none.jsonl"),
        "answers that are none": (["rate", "nli.jsonl", "chat.jsonl", "--out", "out"], "nothing in common"),
        "no key": (["ratings", "none", "nli.jsonl"], "there is no such key"),
        "no such command": (["fine-tune"], "fine-tune"),
    }
    return commands[name] if name else (list(commands), "")


@pytest.fixture
def inputs(nli: Path, tmp_path: Path) -> None:
    """The files that the bad commands name."""
    (tmp_path / "taken").mkdir()
    (tmp_path / "empty.jsonl").write_text("")
    (tmp_path / "bad.toml").write_text("epoch = 3\n")
    (tmp_path / "broken.toml").write_text("epochs =\n")
    (tmp_path / "wrong.toml").write_text('epochs = "many"\n')
    (tmp_path / "broken.jsonl").write_text('{"text": "a"}\n{"text": \n')
    jsonl(tmp_path / "one.jsonl", NLI[:1] * 3)
    jsonl(tmp_path / "chat.jsonl", [{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}])
    jsonl(tmp_path / "answerless.jsonl", [NLI[0], {"premise": "a", "hypothesis": "b"}])


SLIPS = (
    *(
        "no such file",
        "no such dev file",
        "no such task",
        "no such model",
        "map without =",
        "map to no column",
        "map of no field",
    ),
    *("no such format", "no such recipe", "value out of bounds", "taken", "a column missing", "family that cannot, by name"),
    *("no tuned model", "no folder", "no data to answer"),
)


EACH_FORKED = """
import json, os, sys, tempfile
sys.modules["torch"] = None
import pydantic, tasktune.datasets
from tasktune import cli
from tasktune.tasks import NAMES, task
tasks, told = [task(name) for name in NAMES], {}
for name, words in json.loads(sys.argv[1]).items():
    with tempfile.TemporaryFile("w+") as said:
        if not (child := os.fork()):
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            sys.argv = words
            sys.exit(cli.main())
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said.seek(0)
        told[name] = (code, said.read())
print(json.dumps(told))
"""
"""Commands by name, each in a fork of a process that has imported the tasks and what reads data, and can import no torch."""


@pytest.mark.usefixtures("inputs")
def test_slips_are_told_before_torch_is_loaded(
    tiny: Callable[[str], Path], knowing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    places = {"MODEL": str(tiny("bert")), "KNOWING": str(knowing)}
    words = {name: ["tasktune", *(places.get(word, word) for word in bad(name)[0])] for name in SLIPS}
    done = subprocess.run(
        [sys.executable, "-c", EACH_FORKED, json.dumps(words)], capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {name: code for name, (code, _) in told.items()} == dict.fromkeys(SLIPS, 2), told
    assert [name for name, (_, said) in told.items() if bad(name)[1] not in " ".join(said.split())] == []


LISTENING = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # what is started in the background hears none
sys.stdin = os.fdopen(os.pipe()[0])  # where nothing is ever said
from tasktune import cli
cli.main()
"""


def test_an_interruption_is_one_line_and_leaves_nothing_behind(knowing: Path, tmp_path: Path) -> None:
    running = forked(["-c", LISTENING, "predict", knowing, "-", "--out", tmp_path / "answers.jsonl"], os.environ)
    while running.process.is_alive() and not list(tmp_path.iterdir()):  # the file it writes in is there once it is at work
        time.sleep(0.01)
    os.kill(running.process.pid, signal.SIGINT)
    assert running.ended() == (130, "", "tasktune: interrupted\n")
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("inputs")
@pytest.mark.parametrize("name", bad("")[0])
def test_bad_input_is_one_message_exit_code_2_and_nothing_written(
    run: Run, tiny: Callable[[str], Path], knowing: Path, tmp_path: Path, name: str
) -> None:
    command, message = bad(name)
    places = {"MODEL": str(tiny("bert")), "KNOWING": str(knowing)}
    before = sorted(tmp_path.rglob("*"))
    code, out, err = run(*(places.get(word, word) for word in command))
    assert code == 2, err
    assert message in " ".join(err.split())
    assert "Traceback" not in err
    assert not out
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.slow
def test_a_catalogue_is_translated_in_its_place_and_rated(run: Run, tuned: Callable[[str, str], Any], tmp_path: Path) -> None:
    tuned("translation", "t5").save(tmp_path / "model")
    source = task("translation").example[0].text
    before = (
        '<xliff version="1.2"><file source-language="en" target-language="de"><body>\n'
        f'  <trans-unit id="1"><source>{source}</source></trans-unit>\n'
        '  <trans-unit id="2"><source>Hi</source><target>Hallo</target></trans-unit><!-- kept -->\n</body></file></xliff>\n'
    )
    (tmp_path / "in.xlf").write_text(before)
    assert run("predict", "model", "in.xlf", "--out", "out.xlf", "--max-new-tokens", "99") == (0, "", "")
    written, opened = (
        (tmp_path / "out.xlf").read_text(),
        '<target state="needs-review-translation" state-qualifier="mt-suggestion">',
    )
    said = written.partition(opened)[2].partition("</target>")[0]
    assert said.startswith("Ein brauner Hund")
    assert written == before.replace("</source></trans", f"</source>{opened}{said}</target></trans", 1)

    answer = {"text": source, "source_language": "en", "target_language": "de", "answer": "Ein Hund.", "id": "elsewhere"}
    jsonl(tmp_path / "other.jsonl", [answer])
    code, out, err = run("rate", "model", "other.jsonl", "in.xlf", "--out", "rated")
    assert (code, out.split(" pair")[0]) == (0, "1"), err
    key = json.loads((tmp_path / "rated" / "key.json").read_text())
    choice = "left" if key["items"]["1"]["left"] == "a" else "right"
    jsonl(tmp_path / "ratings.jsonl", [{"page": key["page"], "rater": "Ann", "item": "1", "choice": choice}])
    code, out, err = run("ratings", "rated", "ratings.jsonl", "--json")
    assert (code, json.loads(out)["scores"]["win_rate"]["value"]) == (0, 1.0), err
