"""The table of data sets that come with the package."""

from tasktune.datasets import DATASETS
from tasktune.readers import rows
from tasktune.tasks import NAMES


def test_every_data_set_is_there_and_reads():
    for name, row in DATASETS.items():
        assert row.name == name
        assert row.task in NAMES
        assert sum(1 for _ in rows(row.train)) > sum(1 for _ in rows(row.dev)) > 0
        assert row.what
        assert row.licence
