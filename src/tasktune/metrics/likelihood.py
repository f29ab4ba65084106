"""How likely a model found the records' own answers: perplexity, and what it comes to per token and per character.

Perplexity depends on how a tokenizer cuts text, bits per character do not: only these compare models of different vocabularies.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tasktune.core import Counts, Likelihood, Metric
from tasktune.metrics.agreement import ratio


def _count(record: Any, likelihood: Likelihood) -> Counts:
    return {"nats": likelihood.nats, "tokens": likelihood.tokens, "characters": likelihood.characters}


def _score(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    import numpy as np

    nats_per_token = ratio(sums["nats"], sums["tokens"])
    return {
        "perplexity": np.exp(nats_per_token),
        "bits_per_character": ratio(sums["nats"], math.log(2) * sums["characters"]),
        "nats_per_token": nats_per_token,
    }


def _count_masked(record: Any, likelihood: Likelihood) -> Counts:
    return {"nats": likelihood.nats, "tokens": likelihood.tokens, "right": likelihood.counts.get("right", 0)}


def _score_masked(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    import numpy as np

    nats_per_token = ratio(sums["nats"], sums["tokens"])
    return {
        "perplexity": np.exp(nats_per_token),
        "masked_accuracy": ratio(sums["right"], sums["tokens"]),
        "nats_per_token": nats_per_token,
    }


masked_tokens: Metric[Any] = Metric(
    "masked-tokens", "perplexity", _count_masked, _score_masked, of="likelihood", higher_is_better=False
)
"""exp(nats / tokens) over masked tokens; with it the share of them that were the first choice, and nats_per_token."""


def _count_pair(record: Any, likelihood: Likelihood) -> Counts:
    return {"pairs": 1, "words": likelihood.nats, "masked": likelihood.tokens, **likelihood.counts}


def _score_pair(sums: Mapping[Any, Any]) -> Mapping[str, Any]:
    import numpy as np

    return {
        "perplexity": np.exp(ratio(sums["words"], sums["masked"])),
        "masked_accuracy": ratio(sums["right"], sums["masked"]),
        "next_accuracy": ratio(sums["related"], sums["pairs"]),
    }


masked_pairs: Metric[Any] = Metric(
    "masked-pairs", "perplexity", _count_pair, _score_pair, of="likelihood", higher_is_better=False
)
"""perplexity and masked_accuracy over masked tokens; next_accuracy, the share of pairs whose relation was the first choice."""

perplexity: Metric[Any] = Metric("perplexity", "perplexity", _count, _score, of="likelihood", higher_is_better=False)
"""exp(nats / tokens) over supervised tokens; with it bits_per_character and nats_per_token."""
