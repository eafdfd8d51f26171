"""Control totals: sums of a payment table by day and currency, which must be equal on both sides.

Finance signs sums, not row counts. The table and its columns are those of the stack file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from common.errors import InvalidSettings

_MEMBERS = ("schema.table", "amount", "currency", "time")


@dataclass(frozen=True)
class ControlTotal:
    """A table whose amounts are added up by the day (UTC) of `time` and by `currency`; the latter three are columns."""

    table: str
    """`schema.table`."""
    amount: str
    currency: str
    time: str


@dataclass(frozen=True)
class DailyTotal:
    """The number and the sum of the payments of one day in one currency."""

    day: str
    currency: str
    rows: int
    amount: Decimal

    def to_json(self) -> Mapping[str, object]:
        """Return the total for a record, without trailing zeros."""
        amount = format(self.amount.normalize(), "f")
        return {"day": self.day, "currency": self.currency, "rows": self.rows, "amount": amount}


def parse_control_totals(value: Any, where: str) -> tuple[ControlTotal, ...]:
    """Return the entries of a JSON list; errors name `where`."""
    if not isinstance(value, list):
        raise InvalidSettings(f"{where}.control_totals must be a JSON list of lists")
    return tuple(_parse(entry, f"{where}.control_totals[{index}]") for index, entry in enumerate(value))


def total_differences(table: str, source: Sequence[DailyTotal], target: Sequence[DailyTotal]) -> list[str]:
    """Return a description of each day and currency whose number of rows or sum differs."""
    ours, theirs = ({(total.day, total.currency): total for total in side} for side in (source, target))
    return [
        f"the total of {table} on {day} in {currency}:"
        f" {_describe(ours.get((day, currency)))} in the source, {_describe(theirs.get((day, currency)))} in the target"
        for day, currency in sorted(ours.keys() | theirs.keys())
        if ours.get((day, currency)) != theirs.get((day, currency))
    ]


def totals_as_markdown(totals: Mapping[str, Sequence[DailyTotal]]) -> str:
    """Return a table for finance, with the name of the payment table as the key of its totals."""
    lines = ["# Control totals", "", "Equal on both sides, by day (UTC) and currency.", ""]
    for table, found in totals.items():
        lines += [f"## {table}", "", "| day | currency | payments | amount |", "|---|---|---:|---:|"]
        lines += [f"| {t.day} | {t.currency} | {t.rows} | {format(t.amount, 'f')} |" for t in found]
        lines.append("")
    return "\n".join(lines)


def _describe(total: DailyTotal | None) -> str:
    return "no payment" if total is None else f"{format(total.amount.normalize(), 'f')} of {total.rows} payments"


def _parse(entry: Any, where: str) -> ControlTotal:
    match entry:
        case [str(table), str(amount), str(currency), str(time)] if "." in table:
            return ControlTotal(table, amount, currency, time)
        case _:
            raise InvalidSettings(f"{where} must be a JSON list of the texts {', '.join(_MEMBERS)}")
