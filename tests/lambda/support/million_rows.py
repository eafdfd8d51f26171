"""Compares a million rows under concurrent writes, before and after differences are inserted; for both engines."""

from collections.abc import Callable
from typing import Any

from support.validation_driver import ValidationDriver, rows_of
from support.write_load import WriteLoad

ROWS = 1_000_000
_UNCHANGED = 400_000  # the application does not write to the rows up to this id
_HOT = 999_999  # one row that is updated again and again


def write_statement(new_row: Callable[[int], str], number: int) -> str:
    """Return the application's write of this number; `new_row` returns the inserted values in the SQL of the engine."""
    at = _UNCHANGED + 1 + number * 7_919 % (ROWS - _UNCHANGED - 2)
    match number % 5:
        case 0:
            return f"insert into ledger values ({new_row(number)})"
        case 1:
            return f"delete from ledger where id = {at}"
        case 2:
            return f"update ledger set amount = {number}, note = 'again {number}' where id = {_HOT}"
        case _:
            return f"update ledger set state = 'paid {number}' where id = {at}"


def compare_under_writes(
    load: WriteLoad, driver: Callable[[str], ValidationDriver], insert_differences: Callable[[], None]
) -> list[dict[str, Any]]:
    """Return the results after `insert_differences`; assert that the results before it show no difference."""
    with load:
        results = driver("clean").validate(workers=4)
        assert load.written > 100
        assert [result for result in rows_of(results) if result["different"]] == []
        assert sum(result["rows"] for result in rows_of(results)) > ROWS
        insert_differences()
        return driver("dirty").validate(workers=4)


def count_differences(results: list[dict[str, Any]]) -> dict[str, int]:
    """Count the different rows by kind of difference."""
    names = ("missing", "extra", "changed", "different")
    return {name: sum(result.get(name, 0) for result in results) for name in names}


def notes_of(results: list[dict[str, Any]]) -> list[str]:
    """Return the notes of the schema checks."""
    return [note for result in results if "check" in result for note in result["notes"]]
