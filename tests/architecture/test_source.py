"""How the source reads: short files, short functions, plain names, nothing that hides what is passed or runs foreign code."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "src/tasktune").rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
VAGUE = re.compile(r"util|helper|common|misc|manager|factory|mixin", re.IGNORECASE)
FOREIGN = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(source: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(source) if isinstance(node, Function))


def offered(source: ast.Module) -> Iterator[Function]:
    """The functions and methods that others may call: not private, and not inside another function."""
    for scope in (source, *(node for node in source.body if isinstance(node, ast.ClassDef))):
        yield from (node for node in scope.body if isinstance(node, Function) and not node.name.startswith("_"))


def body_lines(function: Function) -> int:
    """Lines from the first statement after the docstring to the last."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def calls(source: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Every call of a plain or dotted name."""
    return ((ast.unparse(node.func), node) for node in ast.walk(source) if isinstance(node, ast.Call))


def too_long(path: Path, source: ast.Module) -> Iterator[str]:
    """Files can be read in one sitting."""
    lines = path.read_text(encoding="utf-8").count("\n")
    if lines > LONGEST_FILE:
        yield f"{lines} lines; {LONGEST_FILE} at most"


def long_functions(path: Path, source: ast.Module) -> Iterator[str]:
    for function in functions(source):
        if (lines := body_lines(function)) > LONGEST_FUNCTION:
            yield f"{function.name} (line {function.lineno}) has {lines} lines; {LONGEST_FUNCTION} at most"


def vague_names(path: Path, source: ast.Module) -> Iterator[str]:
    """Names say what things are."""
    names = {path.stem, path.parent.name} | {n.name for n in ast.walk(source) if isinstance(n, Function | ast.ClassDef)}
    return (name for name in names if VAGUE.search(name))


def hidden_arguments(path: Path, source: ast.Module) -> Iterator[str]:
    """A caller cannot see what these take."""
    return (f"{f.name} (line {f.lineno})" for f in offered(source) if f.args.kwarg)


def asked_what_they_have(path: Path, source: ast.Module) -> Iterator[str]:
    """Nothing asks what an object happens to have."""
    return (f"line {call.lineno}" for name, call in calls(source) if name == "hasattr")


def foreign_code(path: Path, source: ast.Module) -> Iterator[str]:
    """No code of a model can run."""
    for node in ast.walk(source):
        if isinstance(node, ast.Import | ast.ImportFrom):
            named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            yield from (name for name in named if name.partition(".")[0] in FOREIGN)
    for name, call in calls(source):
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        trusting = given.get("trust_remote_code", "False") != "False"
        unpickling = name == "torch.load" and given.get("weights_only") != "True"
        if trusting or unpickling or (name in {"eval", "exec"} and path.parent.name != "sandbox"):
            yield f"{name} (line {call.lineno})"


def no_docstring(path: Path, source: ast.Module) -> Iterator[str]:
    """Every module says what it is for."""
    if not ast.get_docstring(source):
        yield "says nothing"


Fault = Callable[[Path, ast.Module], Iterator[str]]
FAULTS: tuple[Fault, ...] = (
    *(too_long, long_functions, vague_names, hidden_arguments, asked_what_they_have, foreign_code, no_docstring),
)


@cache
def found() -> dict[Fault, list[str]]:
    """Where each fault is. A file is parsed once for all of them."""
    at: dict[Fault, list[str]] = {fault: [] for fault in FAULTS}
    for path in FILES:
        source = ast.parse(path.read_text(encoding="utf-8"))
        for fault in FAULTS:
            at[fault] += (f"{path.relative_to(ROOT)}: {said}" for said in fault(path, source))
    return at


def test_the_source_is_there():
    assert len(FILES) > 30


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_no_file_has(fault: Fault):
    assert not found()[fault]


HAS_ALL = """
import pickle
from joblib import load
def utility(**given): hasattr(given, "it"); torch.load("it"); open_it(trust_remote_code=True); eval("it")
"""


def test_a_file_that_has_them_all_is_seen(tmp_path: Path):
    path = tmp_path / "misc.py"
    path.write_text(HAS_ALL + "def long():\n" + "    1\n" * LONGEST_FILE)
    source = ast.parse(path.read_text())
    seen = {fault: [*fault(path, source)] for fault in FAULTS}
    assert all(seen.values())
    assert len(seen[vague_names]) == 2
    assert len(seen[foreign_code]) == 5
