"""Trees out of the scores of arcs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cases import untrained, with_options
from tasktune.heads.spanning import best_projective_tree
from tasktune.tasks import task


@pytest.mark.parametrize("projective", [False, True])
def test_arcs_cross_unless_that_is_ruled_out(projective: bool, tiny: Callable[[str], Path]) -> None:
    head = with_options(untrained(task("dependency-parsing"), tiny("bert")), projective=projective).head
    crossing = [3, 4, 0, 3]
    square = np.zeros((5, 5))
    square[range(1, 5), crossing] = 1.0
    assert head._tree(square[1:], 4) == (best_projective_tree(square) if projective else crossing)
    assert best_projective_tree(square) != crossing
