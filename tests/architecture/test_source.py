"""How the source reads: short files, short functions, plain names, nothing that hides what is passed or runs foreign code."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "src/tasktune").rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
VAGUE = re.compile(r"util|helper|common|misc|manager|factory|mixin", re.IGNORECASE)
FOREIGN = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}

Function = ast.FunctionDef | ast.AsyncFunctionDef
each_file = pytest.mark.parametrize(  # all that is asked of a file one after the other: it is parsed once
    "path", FILES, ids=lambda path: str(path.relative_to(ROOT / "src/tasktune")), scope="module"
)


@lru_cache(maxsize=1)
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(parsed(path)) if isinstance(node, Function))


def offered(path: Path) -> Iterator[Function]:
    """The functions and methods that others may call: not private, and not inside another function."""
    for scope in (parsed(path), *(node for node in parsed(path).body if isinstance(node, ast.ClassDef))):
        yield from (node for node in scope.body if isinstance(node, Function) and not node.name.startswith("_"))


def body_lines(function: Function) -> int:
    """Lines from the first statement after the docstring to the last."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call of a plain or dotted name."""
    return ((ast.unparse(node.func), node) for node in ast.walk(parsed(path)) if isinstance(node, ast.Call))


def test_the_source_is_there():
    assert len(FILES) > 30


@each_file
def test_files_can_be_read_in_one_sitting(path: Path):
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_FILE, f"{lines} lines; {LONGEST_FILE} at most"


@each_file
def test_functions_are_short(path: Path):
    long = {f"{f.name} (line {f.lineno})": body_lines(f) for f in functions(path) if body_lines(f) > LONGEST_FUNCTION}
    assert not long, f"more than {LONGEST_FUNCTION} lines: {long}"


@each_file
def test_names_say_what_things_are(path: Path):
    names = {path.stem, path.parent.name} | {n.name for n in ast.walk(parsed(path)) if isinstance(n, Function | ast.ClassDef)}
    assert not {name for name in names if VAGUE.search(name)}


@each_file
def test_public_signatures_name_their_arguments(path: Path):
    hidden = [f"{f.name} (line {f.lineno})" for f in offered(path) if f.args.kwarg]
    assert not hidden, f"a caller cannot see what these take: {hidden}"


@each_file
def test_nothing_asks_what_an_object_happens_to_have(path: Path):
    assert not [call.lineno for name, call in calls(path) if name == "hasattr"]


@each_file
def test_no_code_of_a_model_can_run(path: Path):
    imported = {
        alias.name.partition(".")[0] for node in ast.walk(parsed(path)) if isinstance(node, ast.Import) for alias in node.names
    } | {(node.module or "").partition(".")[0] for node in ast.walk(parsed(path)) if isinstance(node, ast.ImportFrom)}
    assert not imported & FOREIGN
    for name, call in calls(path):
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        assert given.get("trust_remote_code", "False") == "False", f"line {call.lineno}"
        assert name != "torch.load" or given.get("weights_only") == "True", f"line {call.lineno}"
        assert name not in {"eval", "exec"} or path.parent.name == "sandbox", f"line {call.lineno}"


@each_file
def test_every_module_says_what_it_is_for(path: Path):
    assert ast.get_docstring(parsed(path))
