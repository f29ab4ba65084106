from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from tiny_writers import Net


@pytest.fixture(scope="session")
def nets() -> Callable[[str], Net]:
    return cache(Net)
