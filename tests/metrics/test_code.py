"""What written code has in common with what was asked for, and pass@k."""

import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasktune.metrics.bootstrap import Tally
from tasktune.metrics.code import code_match, similarity, trees
from tasktune.metrics.passes import pass_at, passes
from tasktune.tasks.code import Code
from tasktune.tasks.code_completion import CodeCompletion


def scored(metric, *pairs):
    tally = Tally(metric, replicates=20)
    for record, answer in pairs:
        tally.add(record, answer)
    return {name: score.value for name, score in tally.scores().values.items()}


def python(code):
    return Code(text="?", answer=code, language="Python")


@pytest.mark.parametrize("code", ["x", "def f(a):\n    return a + 1", "ls -l | wc -l", "结果 = 1"])
def test_gold_scores_full_marks_and_nothing_scores_nothing(code):
    figures = scored(code_match, (python(code), code))
    assert figures == pytest.approx(dict.fromkeys(figures, 1.0))
    nothing = scored(code_match, (python(code), None))
    assert nothing["exact"] == nothing["edit_similarity"] == nothing.get("syntax_match", 0) == 0
    assert nothing["token_match"] < 1e-3


def test_a_keyword_weighs_more():
    gold = python("return while_ + other + for_")
    keyword_wrong = scored(code_match, (gold, "yield while_ + other + for_"))
    name_wrong = scored(code_match, (gold, "return while_ + other + if_"))
    assert keyword_wrong["token_match"] < name_wrong["token_match"]


def test_token_match_is_the_mean_of_both_bleus():
    figure = scored(code_match, (python("a b c d e"), "a b c d f"))["token_match"]
    precision = math.prod((4 / 5, 3 / 4, 2 / 3, 1 / 2)) ** 0.25
    assert figure == pytest.approx(precision)  # no keyword: recall is the same here
    shorter = scored(code_match, (python("a b c d e"), "a b c d"))["token_match"]
    recall = math.prod((4 / 5, 3 / 4, 2 / 3, 1 / 2)) ** 0.25
    assert shorter == pytest.approx(math.exp(1 - 5 / 4) * (1 + recall) / 2)


def test_syntax_knows_no_names():
    figures = scored(code_match, (python("def f(a):\n    return a + 1"), "def g(b):\n    return b + 2"))
    assert figures["syntax_match"] == 1
    assert figures["exact"] == 0
    assert scored(code_match, (python("f(a)"), "f(a"))["syntax_match"] == 0
    assert "syntax_match" not in scored(code_match, (Code(text="?", answer="ls", language="bash"), "ls"))


def test_syntax_is_that_of_the_whole_program():
    record = CodeCompletion(prompt="def f(a):\n", answer="    return a\n", language="Python")
    assert scored(code_match, (record, "    return b\n"))["syntax_match"] == 1


@given(st.text())
def test_any_text_is_a_program_or_none(text):
    assert trees(text) is None or all(count > 0 for count in trees(text).values())


def test_a_program_that_is_too_deep_is_none():
    assert trees("(" * 3000 + ")" * 3000) is None
    assert trees("-" * 50_000 + "1") is None


def longest_common(one, other):
    row = [0] * (len(other) + 1)
    for a in one:
        before = row[:]
        for k, b in enumerate(other):
            row[k + 1] = before[k] + 1 if a == b else max(row[k], before[k + 1])
    return row[-1]


@given(st.text("abc", max_size=30), st.text("abcd", max_size=30))
def test_similarity_is_the_longest_common_subsequence(one, other):
    expected = 2 * longest_common(one, other) / (len(one) + len(other)) if one or other else 1
    assert similarity(one, other) == pytest.approx(expected)


@given(st.lists(st.booleans(), min_size=1, max_size=8), st.data())
def test_pass_at_k_is_the_share_of_draws_in_which_one_passes(passed, data):
    k = data.draw(st.integers(1, len(passed)))
    draws = [any(draw) for draw in combinations(passed, k)]
    assert pass_at(k, len(passed), sum(passed)) == pytest.approx(sum(draws) / len(draws))


def test_programs_are_run_against_their_tests():
    record = Code(text="?", answer="", tests=("assert f(2) == 4", "assert f(3) == 9"))
    right, wrong = "def f(x): return x * x", "def f(x): return x + x"
    assert scored(passes, (record, (right,)))["pass@1"] == 1
    figures = scored(passes, (record, (wrong, right, None, "def f(x) return", right, wrong, wrong, wrong, wrong, wrong)))
    assert figures == pytest.approx({"pass@1": 0.2, "pass@10": 1.0})


def test_records_without_tests_are_not_asked():
    assert passes.asked(Code(text="?", answer="ls")) is None
    record = CodeCompletion(prompt="def f():\n", tests="assert f() == 1")
    assert passes.asked(record) is record


def test_helpers_of_the_prompt_are_the_tests_own():
    prompt = 'def double(x):\n    return 2 * x\n\n\ndef half(x):\n    """Undo double."""\n'
    tests = "def check(candidate):\n    assert candidate(double(4)) == 4\n"
    record = CodeCompletion(prompt=prompt, tests=tests, entry_point="half")
    cheat = "    return x\n\n\ndef double(x):\n    return x\n"
    assert scored(passes, (record, ("    return x // 2\n",)))["pass@1"] == 1
    assert scored(passes, (record, (cheat,)))["pass@1"] == 0
