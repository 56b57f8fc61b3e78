"""Benchmarks: tables with ratios against named baselines; `python -m tests.bench` runs every module with a `main`."""
