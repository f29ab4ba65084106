"""The figures of others: each says what it is of, who reports it and whether it was checked."""

import tomllib
from pathlib import Path

import pytest

NEEDED = {"score": str, "value": float, "model": str, "split": str, "source": str, "confirmed": bool}
OPTIONAL = {"others": dict, "note": str}
PUBLISHED = tomllib.loads((Path(__file__).parents[2] / "benchmarks" / "published.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("entry", PUBLISHED.values(), ids=PUBLISHED.keys())
def test_an_entry_has_its_fields_and_no_others(entry):
    assert NEEDED.keys() <= entry.keys() <= NEEDED.keys() | OPTIONAL.keys()
    assert all(type(value) is (NEEDED | OPTIONAL)[key] for key, value in entry.items())
    assert all(entry[key].strip() for key in ("score", "model", "split", "source"))


@pytest.mark.parametrize("entry", PUBLISHED.values(), ids=PUBLISHED.keys())
def test_figures_are_shares_of_one_and_not_percentages(entry):
    others = entry.get("others", {})
    assert all(type(value) is float and 0 < value < 1 for value in (entry["value"], *others.values()))
    assert entry["score"] not in others
