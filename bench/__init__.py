"""Benchmarks, one file each: a module with `run()` that returns its figures."""
