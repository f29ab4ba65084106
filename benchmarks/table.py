"""The runs of the benchmark, a row each, the most telling first.

Every run is made twice: by the commands that a user of tasktune types, and by a plain transformers `Trainer` script on the same
records, with the same model, epochs, batch size, learning rate, warm-up, weight decay, clipping and seed. Those are tasktune's
defaults for the family of the model unless a row says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Run:
    """One task on one data set with one model.

    `train` and `dev` are files under the shared data; `records` says how many of each to take, evenly spaced (`None`: all).
    `options` are recipe options beyond the defaults. `minutes` is an estimate of both sides together on two AVX2 cores.
    """

    name: str
    task: str
    model: str
    train: str
    dev: str
    minutes: float
    records: tuple[int | None, int | None] = (None, None)
    mapping: Mapping[str, str] = field(default_factory=dict)
    format: str | None = None
    options: Mapping[str, int] = field(default_factory=dict)


_WIKIGOLD = ("ner/wikigold/train.conll", "ner/wikigold/dev.conll")
_SST2 = ("classification/sst2/train.tsv", "classification/sst2/dev.tsv")
_SICK = ("nli/sick/SICK_train.txt", "nli/sick/SICK_trial.txt")
_DIALOGSUM = ("summarization/dialogsum/train.jsonl", "summarization/dialogsum/dev.jsonl")
_STORIES = ("generation/tinystories/train.txt", "generation/tinystories/dev.txt")
_ALPACA = ("chat/llamafactory/alpaca_en_demo.json", "chat/llamafactory/alpaca_en_demo.json")  # has no dev split: cut apart
_EWT = ("parsing/en_ewt/en_ewt-ud-train.conllu", "parsing/en_ewt/en_ewt-ud-dev.conllu")
_AG_NEWS = ("classification/ag_news/train.csv", "classification/ag_news/dev.csv")
_TREC = ("classification/trec_qc/train.txt", "classification/trec_qc/dev.txt")
_SMS = ("classification/sms_spam/train.tsv", "classification/sms_spam/dev.tsv")
_STSB = ("sts/stsb_multi_mt/stsb-en-train.csv", "sts/stsb_multi_mt/stsb-en-dev.csv")
_SNLI = ("nli/snli_cad/original/train.tsv", "nli/snli_cad/original/dev.tsv")
_REST16 = ("absa/acos/rest16_quad_train.tsv", "absa/acos/rest16_quad_dev.tsv")
_TEXT_LABEL = {"text": "1", "answer": "2"}
_SHORT = {
    "batch_size": 4,
    "epochs": 1,
    "max_new_tokens": 32,
}  # few and long records: more steps of fewer, and `predict` does not write stories

_BRIEF = {"batch_size": 4, "epochs": 1, "max_new_tokens": 48}

RUNS = (
    Run("wikigold", "ner", "minilm", *_WIKIGOLD, 4.0),
    Run("sst2", "classification", "minilm", *_SST2, 3.0, (900, 436), _TEXT_LABEL),
    Run("sick", "nli", "minilm", *_SICK, 2.5, (1000, None)),
    Run("ewt", "pos", "minilm", *_EWT, 3.0, (400, 150)),
    Run("agnews", "classification", "minilm", *_AG_NEWS, 2.5, (240, 150), {"answer": "1", "text": "2", "pair": "3"}),
    Run("trec", "classification", "minilm", *_TREC, 2.5, (800, 200), {}, "labelled"),
    Run("sms", "classification", "minilm", *_SMS, 2.5, (240, 150), {"answer": "1", "text": "2"}),
    Run("stsb", "regression", "minilm", *_STSB, 2.5, (320, 150), {"text": "1", "pair": "2", "answer": "3"}),
    Run("snli", "nli", "minilm", *_SNLI, 2.5, (320, None)),
    Run("rest16", "multilabel", "minilm", *_REST16, 6.0, (800, 200), options={"epochs": 8}),
    Run(
        "sst2-decoder", "classification", "smollm2", *_SST2, 6.0, (300, 100), _TEXT_LABEL, options={"batch_size": 8, "epochs": 1}
    ),
    Run("sick-decoder", "nli", "smollm2", *_SICK, 6.0, (240, 80), options={"batch_size": 8, "epochs": 1}),
    Run("wikigold-decoder", "ner", "smollm2", *_WIKIGOLD, 7.0, (150, 30), options={"batch_size": 8, "epochs": 2}),
    Run("dialogsum-decoder", "summarization", "smollm2", *_DIALOGSUM, 4.0, (8, 4), options=_BRIEF),
    Run("tinystories-decoder", "generation", "smollm2", *_STORIES, 3.0, (10, 8), options=_SHORT),
    Run("alpaca-decoder", "chat", "smollm2", *_ALPACA, 3.0, (10, 8), options=_SHORT),
    Run("sst2-enc-dec", "classification", "minilm2minilm", *_SST2, 2.5, (160, 80), _TEXT_LABEL),
    Run("sick-enc-dec", "nli", "minilm2minilm", *_SICK, 2.5, (160, 80)),
    Run("wikigold-enc-dec", "ner", "minilm2minilm", *_WIKIGOLD, 6.0, (600, 40), options={"epochs": 6}),
    Run("dialogsum-enc-dec", "summarization", "minilm2minilm", *_DIALOGSUM, 2.5, (24, 8), options={"batch_size": 8}),
    Run(
        "tinystories-enc-dec",
        "generation",
        "minilm2minilm",
        *_STORIES,
        2.5,
        (32, 16),
        options={"max_new_tokens": 32, "batch_size": 8},
    ),
)
BY_NAME = {run.name: run for run in RUNS}
