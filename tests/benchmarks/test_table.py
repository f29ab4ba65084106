"""The table of runs: what the project promises to measure is in it, and what a row names is there."""

import pytest

from table import BY_NAME, RUNS
from tasktune.models.named import NAMED
from tasktune.tasks import task

PROMISED = {
    *((name, "encoder") for name in ("ner", "classification", "multilabel", "regression", "nli", "pos")),
    *((name, "decoder") for name in ("classification", "nli", "ner", "summarization", "generation", "chat")),
    *((name, "encoder-decoder") for name in ("classification", "nli", "ner", "summarization", "generation")),
}


def test_every_promised_task_and_family_is_measured():
    assert {(run.task, NAMED[run.model].family) for run in RUNS} == PROMISED


def test_the_promised_data_sets_are_measured():
    assert {"wikigold", "sst2", "agnews", "trec", "sms", "stsb", "sick", "snli", "ewt"} <= BY_NAME.keys()


def test_names_are_unique_and_all_of_it_takes_little_more_than_an_hour():
    assert len(BY_NAME) == len(RUNS)
    assert sum(run.minutes for run in RUNS) <= 80


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
def test_a_row_names_files_and_fields_that_are_there(run, shared):
    assert (shared / run.train).is_file()
    assert (shared / run.dev).is_file()
    assert set(run.mapping) <= set(task(run.task).record.field_names())
