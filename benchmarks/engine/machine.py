"""The machine's own limits, measured: matrix products and memory; and what a network cannot do without, counted."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import torch

from engine.pairs import Asked, Baton, Facts

_SHAPES = ((1024, 384, 1536), (1024, 576, 1536), (1024, 1536, 576), (2048, 2048, 2048))
"""Matrix products (rows, inner, columns): minilm's and smollm2's largest at 1,024 tokens, and one that suits any library."""

_BF16, _INT8 = ("avx512_bf16", "amx_bf16"), ("avx512_vnni", "avx_vnni", "amx_int8")
"""Instructions without which a number format is slower than fp32 or not there."""


def limits(baton: Baton, asked: Asked) -> Facts:
    """GFLOP/s of matrix products and GB/s of reading, at best of many, on the threads of `asked`; `None` where there are none."""
    flags = set(_cpu("flags").split())
    big = torch.ones(asked.amount * 2**18)  # floats: amount MiB, far beyond the caches
    found: Facts = {
        "fp32": max(map(_product, _SHAPES)),
        "bf16": max(_product(shape, torch.bfloat16) for shape in _SHAPES) if flags.intersection(_BF16) else None,
        "int8": max(map(_int8_product, _SHAPES)) if flags.intersection(_INT8) else None,
        "read": 4 * big.numel() / _best(lambda: big.sum()) / 1e9,
    }
    baton.take()
    return {name: None if value is None else round(value, 1) for name, value in found.items()}


def _product(shape: tuple[int, int, int], dtype: torch.dtype = torch.float32) -> float:
    rows, inner, columns = shape
    a, b = torch.randn(rows, inner).to(dtype), torch.randn(inner, columns).to(dtype)
    return 2 * rows * inner * columns / _best(lambda: a @ b) / 1e9


def _int8_product(shape: tuple[int, int, int]) -> float:
    rows, inner, columns = shape
    a, b = (torch.randint(-127, 127, size, dtype=torch.int8) for size in ((rows, inner), (inner, columns)))
    return 2 * rows * inner * columns / _best(lambda: torch._int_mm(a, b)) / 1e9


def _best(work: Callable[[], object], seconds: float = 1.0) -> float:
    """The seconds that it takes at best, tried again and again for so long."""
    work()
    best, end = float("inf"), perf_counter() + seconds
    while perf_counter() < end:
        began = perf_counter()
        work()
        best = min(best, perf_counter() - began)
    return best


def processor() -> dict[str, Any]:
    """What the processor is, and which of the number formats that matter here it has instructions for."""
    flags = set(_cpu("flags").split())
    known = ("avx2", "fma", "f16c", "avx512f", *_BF16, *_INT8)
    return {"processor": _cpu("model name") or platform.machine(), "instructions": [name for name in known if name in flags]}


def _cpu(what: str) -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(what)), "")


def flops(net: torch.nn.Module, lengths: Sequence[int], outputs: int) -> float:
    """Floating-point operations of one forward pass over inputs of these lengths, of which so many positions are given logits.

    Two a weight of each linear layer a token, the last layer's only where logits are wanted, and four a hidden unit a layer for
    each pair of tokens that attend to each other (half of them in a decoder). Nothing for embeddings, norms and activations.
    """
    inner = getattr(net, "config")  # noqa: B009 - a torch module declares no such attribute
    last = inner.vocab_size
    body = head = 0
    for module in net.modules():
        if isinstance(module, torch.nn.Linear):
            if module.out_features == last:
                head += module.weight.numel()
            else:
                body += module.weight.numel()
    causal = 0.5 if not inner.model_type.endswith("bert") else 1.0
    attention = 4 * inner.hidden_size * inner.num_hidden_layers * causal * sum(n * n for n in lengths)
    return 2.0 * (body * sum(lengths) + head * outputs) + attention
