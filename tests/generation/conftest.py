from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
import transformers as hf

from tiny_writers import Net, made


@pytest.fixture(scope="session")
def nets() -> Callable[[str], Net]:
    @cache
    def named(name: str) -> Net:
        net = made(name).eval()
        net.generation_config = hf.GenerationConfig(pad_token_id=1)
        return Net(name, net)

    return named
