"""The engine beside what users would pick instead: both sides in turn, in one run.

Run as `PYTHONPATH=benchmarks python -m engine` from the root of the repository, or by `make bench-engine`.
"""
