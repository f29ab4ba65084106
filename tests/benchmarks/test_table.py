"""The table of runs: what the project promises to measure is in it, and what a row names is there."""

import pytest

from table import BY_NAME, RUNS
from tasktune.models.named import NAMED
from tasktune.tasks import task

BOTH = ("summarization", "generation", "translation", "question-answering-generative", "reasoning", "code")
PROMISED = {
    *((name, "encoder") for name in ("ner", "classification", "multilabel", "regression", "nli", "pos")),
    *((name, "decoder") for name in ("classification", "nli", "ner", "chat", *BOTH)),
    *((name, "encoder-decoder") for name in ("classification", "nli", "ner", *BOTH)),
}

UNDERSTANDING = (
    *("dependency-parsing", "question-answering", "relation", "relation-extraction", "aspect-sentiment", "aspect-polarity"),
    *("opinion-triplets", "opinion-quadruples", "paraphrase", "summarization-extractive", "embedding"),
)


def test_every_promised_task_and_family_is_measured():
    alone = {*((name, "encoder") for name in UNDERSTANDING), ("mask", "encoder"), ("mask", "decoder"), ("reranking", "encoder")}
    assert {(run.task, NAMED[run.model].family) for run in RUNS} == PROMISED | alone


def test_the_promised_data_sets_are_measured():
    assert {"wikigold", "sst2", "agnews", "trec", "sms", "stsb", "sick", "snli", "ewt", "squad2", "ewt-parsing"} <= BY_NAME.keys()


def test_names_are_unique_and_all_of_it_takes_a_night_at_most():
    assert len(BY_NAME) == len(RUNS)
    assert sum(run.minutes for run in RUNS) <= 300


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
def test_a_row_names_files_and_fields_that_are_there(run, shared):
    assert all((shared / file).is_file() for source in (run.train, run.dev) for file in source.split(","))
    assert set(run.mapping) <= set(task(run.task).record.field_names())
