"""How answers are scored: each metric a `core.Metric` in a file of its kind, and the intervals that go with every figure.

A metric says what one record adds and what the sums come to; `bootstrap.Tally` does the adding, for the data itself and for
its resamples at once. Nothing here knows a model, and memory does not grow with the number of records, but where a figure
needs them all (ranks).
"""
