"""What a plain script is given to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """What to do: a folder of a model, files of rows, hyperparameters, and a folder to work in."""

    kind: str
    model: str
    train: str
    dev: str
    out: str
    epochs: float
    batch_size: int
    learning_rate: float
    warmup: float
    weight_decay: float
    clip: float
    seed: int
    max_length: int
    max_new_tokens: int
