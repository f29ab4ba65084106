"""The arithmetic of docs/scale.md: what training takes in memory, and how fast it can go, from the sizes of a model.

Bytes are of fp32 weights trained by AdamW, as `tasktune fit` does it: matrix products in bf16 leave weights, gradients and
moments as they are. Sources: operations, Kaplan et al. 2020 (§2.1) and Chowdhery et al. 2022 (appendix B, which also defines
MFU); activations, Korthikanti et al. 2022 (§4.1), with an attention that keeps no matrix of scores (Dao et al. 2022).
"""

from __future__ import annotations

from dataclasses import dataclass

import tables

STATE = 4 + 4 + 8
"""Bytes a trained weight takes: itself, its gradient, two moments."""

BUDGET = 4096
"""Tokens of a pass (`--token-budget`)."""

CORE, H200 = 95e9, 989e12
"""Operations a second: an fp32 matrix product on one core of the machine of our benchmarks, measured; bf16 on an H200, its data
sheet (dense)."""

MFU = 0.4
"""Model FLOPs utilization: the share of the peak that training reaches. 0.4 is good practice on accelerators (Chowdhery et al.
2022, table 3: 0.21 to 0.46)."""

LINK, NETWORK = 450e9, 50e9
"""Bytes a second, each way: NVLink within a machine; 400 Gbit/s of Ethernet or InfiniBand between machines, an accelerator."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a model decides its costs. `looked_up` weights are a table that is read, not multiplied with."""

    name: str
    parameters: int
    looked_up: int
    layers: int
    hidden: int
    vocabulary: int
    context: int

    @property
    def operations(self) -> float:
        """Floating-point operations to train on one token: 2 a weight forwards, 4 backwards, and attention over the context."""
        return 6 * (self.parameters - self.looked_up) + 12 * self.layers * self.hidden * self.context

    @property
    def activations(self) -> float:
        """Bytes a token leaves in the layers for the way back, in bf16."""
        return 34 * self.hidden * self.layers

    @property
    def logits(self) -> float:
        """Bytes of a supervised token's logits in fp32 and of their gradient, where a word is to be said."""
        return 8 * self.vocabulary

    def memory(self, processes: int) -> float:
        """Bytes a process takes to train: its part of the state, and what a pass of `BUDGET` tokens leaves in the layers."""
        return STATE * self.parameters / processes + BUDGET * (self.activations + self.logits)


MINILM = Shape("minilm (encoder)", 22_713_216, 30_522 * 384 + 512 * 384, 6, 384, 0, 25)
SMOLLM2 = Shape("smollm2 (decoder)", 134_515_008, 0, 30, 576, 49_152, 512)
EIGHT = Shape("Llama 3.1 8B (decoder)", 8_030_261_248, 128_256 * 4096, 32, 4096, 128_256, 2048)
SHAPES = (MINILM, SMOLLM2, EIGHT)


def _bytes(n: float) -> str:
    return f"{n / 1e9:.1f} GB" if n >= 1e9 else f"{n / 1e6:.0f} MB"


def memory() -> str:
    """What training takes on a process: all of it, or a part of the state beside its own passes."""
    head = (
        "model",
        "weights",
        "state, whole",
        f"a pass of {BUDGET} tokens",
        "whole (DDP)",
        "FSDP2, 8 parts",
        "FSDP2, 1,000 parts",
    )
    rows = [
        (
            shape.name,
            f"{shape.parameters / 1e6:,.0f} M",
            _bytes(STATE * shape.parameters),
            _bytes(shape.memory(1) - STATE * shape.parameters),
            *(_bytes(shape.memory(parts)) for parts in (1, 8, 1000)),
        )
        for shape in SHAPES
    ]
    return tables.table(head, rows)


def speed() -> str:
    """Tokens a second at `MFU` of the peak."""
    machines = (("2 cores", 2 * CORE), ("1 H200", H200), ("8 H200", 8 * H200), ("1,000 H200", 1000 * H200))
    head = ("model", "operations a token", *(f"{name}, tokens/s" for name, _ in machines))
    rows = [
        (shape.name, f"{shape.operations / 1e9:.2f} G", *(f"{_round(MFU * peak / shape.operations):,}" for _, peak in machines))
        for shape in SHAPES
    ]
    return tables.table(head, rows)


def _round(n: float) -> int:
    """Two digits: no more are known."""
    return int(float(f"{n:.2g}"))


def exchange() -> str:
    """What passes between processes in a step, and the tokens a process must have computed in that time to hide it."""
    head = ("model", "gradients", "8 by NVLink", "1,000 by network", "tokens a process that take as long: 8", "1,000")
    rows = []
    for shape in SHAPES:
        sent = 4 * shape.parameters
        seconds = [2 * sent * (n - 1) / n / wire for n, wire in ((8, LINK), (1000, NETWORK))]
        hidden = [f"{_round(t * MFU * H200 / shape.operations):,}" for t in seconds]
        rows.append((shape.name, _bytes(sent), *(f"{1000 * t:.1f} ms" for t in seconds), *hidden))
    return tables.table(head, rows)
