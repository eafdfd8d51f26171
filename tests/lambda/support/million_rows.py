"""What both makes' million rows are put through: compared as they are, made different, and compared again."""

from collections.abc import Callable
from typing import Any

from support.validation_driver import ValidationDriver, rows_of
from support.write_load import WriteLoad

ROWS = 1_000_000
_QUIET = 400_000  # the application leaves the rows up to here alone
_HOT = 999_999


def write(inserted: Callable[[int], str], number: int) -> str:
    """What the application does as its work of this number; `inserted` is a row in the make's own words."""
    at = _QUIET + 1 + number * 7_919 % (ROWS - _QUIET - 2)
    match number % 5:
        case 0:
            return f"insert into ledger values ({inserted(number)})"
        case 1:
            return f"delete from ledger where id = {at}"
        case 2:
            return f"update ledger set amount = {number}, note = 'again {number}' where id = {_HOT}"
        case _:
            return f"update ledger set state = 'paid {number}' where id = {at}"


def compared_under_writes(
    application: WriteLoad, work: Callable[[str], ValidationDriver], differ: Callable[[], None]
) -> list[dict[str, Any]]:
    """The results once `differ` has made the sides different; before that, nothing may be found."""
    with application:
        results = work("clean").validate(workers=4)
        assert application.written > 100
        assert [result for result in rows_of(results) if result["different"]] == []
        assert sum(result["rows"] for result in rows_of(results)) > ROWS
        differ()
        return work("dirty").validate(workers=4)


def counted(results: list[dict[str, Any]]) -> dict[str, int]:
    """How many rows differ, and how."""
    names = ("missing", "extra", "changed", "different")
    return {name: sum(result.get(name, 0) for result in results) for name in names}


def notes_of(results: list[dict[str, Any]]) -> list[str]:
    """What the checks note."""
    return [note for result in results if "check" in result for note in result["notes"]]
