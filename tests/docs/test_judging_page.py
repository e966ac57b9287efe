"""The page about judging says of every strategy what the strategy says of itself."""

from domain import strategies
from scripts import strategy_table


def test_the_table_is_what_the_strategies_say() -> None:
    page = strategy_table.PAGE.read_text(encoding="utf-8")
    assert strategy_table.written(page) == page, "Run: python -m scripts.strategy_table"


def test_every_strategy_has_a_row() -> None:
    table = strategy_table.table()
    assert table.count("\n") == len(strategies.NAMES) + 2
    assert all(f"(`{name}`)" in table for name in strategies.NAMES)
