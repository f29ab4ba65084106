"""Code out of rows, and what a model is asked."""

import pytest

from rows import read
from tasktune.core import InputError
from tasktune.datasets import records
from tasktune.metrics.passes import passes
from tasktune.sandbox.trials import verdicts
from tasktune.tasks import task


def prompt(name, record):
    return str(task(name).decoder.prompt(record))


def test_mbpp():
    record = read("code", text="Add.", code="def f(a):\r\n  return a\r\n", task_id=2, test_list=["assert f(1) == 1"])
    assert (record.answer, record.tests, record.id) == ("def f(a):\n  return a\n", ("assert f(1) == 1",), "2")
    assert prompt("code", record) == "Add.\nIt should pass these tests:\nassert f(1) == 1\nPython code:"


def test_conala():
    assert read("code", intent="how?", rewritten_intent="do it", snippet="f()").text == "do it"
    assert read("code", intent="how?", rewritten_intent=None, snippet="f()").text == "how?"


def test_nl2bash_and_pairs_of_languages():
    record = read("code", nl="list files", cm="ls", language="bash")
    assert (record.text, record.answer) == ("list files", "ls")
    assert prompt("code", record) == "list files\nShell command:"
    assert prompt("code", read("code", text="int x;", language="Go")) == "int x;\nGo code:"


def test_code_to_go_on_with_is_sent_elsewhere():
    with pytest.raises(InputError, match="code-completion"):
        read("code", prompt="def f():", entry_point="f", test="def check(f): pass", canonical_solution="x")


def test_humaneval():
    record = read(
        "code-completion", task_id="HumanEval/0", prompt="def f():\n", entry_point="f", canonical_solution="  pass\n", test="x"
    )
    assert (record.id, record.answer, record.tests, record.entry_point) == ("HumanEval/0", "  pass\n", "x", "f")
    assert prompt("code-completion", record) == "def f():\n"


def test_what_comes_behind_is_told_first():
    record = read("code-completion", prompt="a = ", suffix="\nb", middle="1")
    assert prompt("code-completion", record) == "This comes at the end:\n\nb\n\nThis comes before it:\na = "


def test_docstrings():
    record = read("code-docstring", func_code_string="def f(): ...", func_documentation_string="Do.")
    assert (record.code, record.answer) == ("def f(): ...", "Do.")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "file"), [("code-completion", "humaneval/HumanEval.jsonl"), ("code", "mbpp")])
def test_reference_solutions_pass(shared, name, file):
    path = shared / "code" / file
    path = path if path.is_file() else next(path.glob("*.jsonl"))
    some = [*records(task(name), path)][::12]
    found = verdicts(record.trial(record.answer) for record in some)
    assert len(found) > 4
    assert [record.id for record, verdict in zip(some, found, strict=True) if not verdict.passed] == []


def test_files_are_read_as_they_are(shared):
    folder = shared / "code"
    conala = [*records(task("code"), folder / "conala/conala-train.json")]
    assert len(conala) == 2379
    assert all(record.answer for record in conala)
    bash = [*records(task("code"), f"{folder}/nl2bash/dev.nl,{folder}/nl2bash/dev.cm")]
    assert (bash[2].text, bash[2].answer) == ("Display only mimetype of myfile.txt, without the filename.", "file -bi myfile.txt")
    assert passes.asked(bash[0]) is None
