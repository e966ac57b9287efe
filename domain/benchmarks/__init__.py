"""Published benchmarks of judges and reward models, scored as their authors score them."""

from domain.benchmarks.degenerate import Fault, Row, faults
from domain.benchmarks.registry import BENCHMARKS, entry, fitting, run
from domain.benchmarks.shapes import Benchmark, Domain, Item, Outcome, Truth

__all__ = [
    "BENCHMARKS",
    "Benchmark",
    "Domain",
    "Fault",
    "Item",
    "Outcome",
    "Row",
    "Truth",
    "entry",
    "faults",
    "fitting",
    "run",
]
