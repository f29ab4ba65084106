"""Honest programs: what is passed between them and their tests, and what verdicts say."""

from __future__ import annotations

import json
import os
import subprocess
from collections import deque
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.sandbox import trials
from tasktune.sandbox.trials import Limits, Trial, Verdict, tried, verdicts
from tasktune.sandbox.wire import packed, unpacked
from traces import running

pytestmark = pytest.mark.filterwarnings("ignore:programs are run with limits")
within = pytest.mark.parametrize("walls", ["namespaces", "limits"])


@pytest.fixture
def held(walls, request):
    """Holds trials within walls, where there are such walls here."""
    if walls == "namespaces" and trials.walls() != walls:
        pytest.skip("there are no namespaces here")
    return lambda program, tests, **more: trials._held(Trial(program, tests, **more), Limits(), walls)


@within
def test_right_passes_and_wrong_does_not(held):
    assert held("def add(a, b): return a + b", "assert add(1, 2) == 3") == Verdict(True)
    assert held("def add(a, b): return a - b", "assert add(1, 2) == 3, 'so'") == Verdict(False, "AssertionError: so")
    assert held("def add(a, b) return a", "assert add(1, 2) == 3").why.startswith("SyntaxError")
    assert held("", "assert add(1, 2) == 3") == Verdict(False, "NameError: name 'add' is not defined")
    assert held("import os; os._exit(0)", "") == Verdict(False, "StrangeError: the program ended before it answered")
    assert held("", "1 / 0") == Verdict(False, "ZeroDivisionError: division by zero")


@pytest.mark.parametrize(
    ("program", "tests"),
    [
        ("def f(x): x.append(1); x[0] = 5", "x = [0]\nf(x)\nassert x == [5, 1]"),
        ("def f(x): x['a'] = {1}", "x = {}\nf(x)\nassert x == {'a': {1}}"),
        ("def f(x): x.add(2)", "x = {1}\nf(x)\nassert x == {1, 2}"),
        ("class P:\n  def __init__(self, a, b): self.a, self.b = a, b\ndef f(p): return p.a + p.b", "assert f(P(2, 3)) == 5"),
        ("class Node:\n  left = None\ndef f(n): return n.left.x", "n = Node()\nn.left = Node()\nn.left.x = 7\nassert f(n) == 7"),
        ("def f():\n  yield from (1, 2)", "assert list(f()) == [1, 2]\nassert 2 in f()"),
        ("def f(): raise ValueError('no')", "try:\n  f()\n  assert False\nexcept ValueError as e: assert str(e) == 'no'"),
        ("from collections import Counter, namedtuple\nP = namedtuple('P', 'a b')\ndef f(): return Counter('aa'), P(1, 2)",
         "assert f() == ({'a': 2}, (1, 2))"),
        ("def f(*, key=0): return key", "assert f(key=[1]) == [1]"),
        ("def sum(a, b): return a * b", "assert sum(3, 4) == 12"),
        ("def f(x): return {x: 1 + 2j}, b'x', range(3), float('inf')", "assert f(1) == ({1: 1+2j}, b'x', range(3), math.inf)"),
        ("import math\ndef f(x): return math.pi", "assert math.isclose(f(1), math.pi)"),
        ("def f(kind): return kind('3')", "assert f(int) == 3"),
        ("def f(n): return -(2 ** n)", "assert f(20_000) == -(2 ** 20_000)"),
        ("import dataclasses\n@dataclasses.dataclass\nclass A:\n  x: int = 3\ndef f(): return A()", "assert f().x == 3"),
        ("if __name__ == '__main__':\n  input()\ndef f(): return 1", "assert f() == 1"),
        ("def f(x): print(x); return x", "assert f('x') == 'x'\nassert f(x) == 1 if False else True"),
    ],
)  # fmt: skip
def test_tests_run_as_they_would_beside_the_program(program, tests):
    verdict = tried(Trial(program, tests))
    assert verdict == Verdict(True)
    exec(compile(f"import math\n{program}\n{tests}", "beside", "exec", dont_inherit=True), {"__name__": "x"})


def test_what_is_given_is_not_the_programs_to_change():
    given, tests = "def double(x): return 2 * x\ndef half(x): ...", "assert half(double(4)) == 4"
    cheat = "def double(x): return x\ndef half(x): return x"
    assert tried(Trial(cheat, tests)).passed
    assert not tried(Trial(cheat, tests, given, "half")).passed
    assert tried(Trial("def half(x): return x // 2", tests, given, "half")).passed


def test_many_trials_keep_their_order():
    found = verdicts(Trial(f"def f(): return {n}", f"assert f() == {n % 3}") for n in range(6))
    assert [verdict.passed for verdict in found] == [True, True, True, False, False, False]


@within
def test_time_runs_out(walls, held):
    verdict = trials._held(Trial("import time; time.sleep(1000)", ""), Limits(seconds=0.2), walls)
    assert verdict == Verdict(False, "its time was up")


@pytest.mark.parametrize(
    "name", ["exits_at_once", "writes_verdict", "equals_everything", "patches_tester", "searches_memory", "stays"]
)
def test_cheats_fail_within_limits_alone_too(name):
    program = (Path(__file__).parent / "hostile" / f"{name}.py").read_text()
    verdict = trials._held(Trial(program, "assert {solve(3)} == {9}"), Limits(seconds=0.400001), "limits")
    assert not verdict.passed
    assert not running("0.400001")


def test_a_trial_that_does_not_come_to_its_end_is_a_failure(monkeypatch):
    monkeypatch.setattr(trials, "_SPARE", 1 - 3 * Limits().seconds)  # as where the warden itself is held up
    assert trials._held(Trial("while True: pass", ""), Limits(), "limits") == Verdict(False, "its time was up")


def test_where_there_are_no_walls_one_is_told(monkeypatch):
    monkeypatch.setattr(trials, "_held", lambda *_: Verdict(False, "no namespaces here"))
    trials.walls.cache_clear()
    try:
        with pytest.warns(UserWarning, match=r"within no walls.*no namespaces here"):
            assert trials.walls() == "limits"
    finally:
        trials.walls.cache_clear()


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.lists(inner).map(deque) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)  # fmt: skip


def refuse(value):
    raise ValueError(value)


@given(PLAIN)
def test_plain_data_arrives_as_it_was(value):
    again = unpacked(json.loads(json.dumps(packed(value, refuse))), refuse)
    assert repr(again) == repr(value)


@pytest.mark.parametrize(
    "message", [{}, {"list": 3}, {"type": []}, {"eval": ["1"]}, {"list": [], "set": []}, [1], {"object": 1, "x": 2}]
)
def test_what_is_no_message_is_refused(message):
    with pytest.raises(ValueError, match="no plain data"):
        unpacked(message, refuse)


def test_a_trial_leaves_no_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    tried(Trial("open('left', 'w').write('x')", "assert math.pi"))
    assert not [*tmp_path.iterdir()]


_PYTHON = "/usr/bin/python3"
_AS_ANYBODY = """
import sys
sys.path.insert(0, sys.argv[1])
from tasktune.sandbox.trials import Limits, Trial, walls, tried
print(walls(), tried(Trial("def f(): return 1", "assert f() == 1")).passed,
      *(tried(Trial(open(path).read(), "assert {solve(3)} == {9}"), Limits(seconds=0.4)).passed for path in sys.argv[2:]))
"""


@pytest.mark.skipif(os.geteuid() != 0 or not Path(_PYTHON).exists(), reason="to be another user, one must be root")
def test_walls_are_there_for_ordinary_users_too():
    here = Path(__file__).parent
    hostile = [str(here / "hostile" / f"{name}.py") for name in ("becomes_root", "forks", "threads", "kills_parent", "stays")]
    said = subprocess.run(
        [_PYTHON, "-W", "ignore", "-c", _AS_ANYBODY, str(here.parents[1] / "src"), *hostile],
        user=65534, group=65534, extra_groups=[], cwd="/", env={}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "Error" in said.stderr or said.stdout.startswith("limits"):
        pytest.skip(f"not here: {said.stderr[-300:] or said.stdout}")
    assert said.stdout.split() == ["namespaces", "True", *["False"] * len(hostile)]
