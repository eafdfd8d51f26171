"""Rows that differ, rechecked until replication lag cannot explain the difference."""

from dataclasses import dataclass, field

from migration.row_readers.comparison_plan import Key
from migration.row_readers.reader import Values


@dataclass
class MismatchCandidates:
    """Rows that may differ, with the hashes of their columns at the previous check and at the last one.

    `vanished` rows were found on neither side by a recheck.
    """

    keys: list[Key]
    vanished: list[Key] = field(default_factory=list)
    is_checked: bool = False
    source_before: Values = field(default_factory=dict)
    target_before: Values = field(default_factory=dict)
    source: Values = field(default_factory=dict)
    target: Values = field(default_factory=dict)

    def recheck(self, source: Values, target: Values) -> None:
        """Record another check, and drop the rows in which the target has the source's values."""
        first = not self.is_checked
        self.source_before, self.target_before = (source, target) if first else (self.source, self.target)
        self.source, self.target, self.is_checked = source, target, True
        self.vanished += [key for key in self.keys if key not in source and key not in target]
        self.keys = [
            key for key in self.keys if not in_flight(self.source_before.get(key), source.get(key), target.get(key))
        ]

    def columns(self, key: Key) -> tuple[list[int], bool]:
        """Return the indexes of a row's columns that differ, and whether others are inconclusive."""
        different, inconclusive = list[int](), False
        source, target = self.source[key], self.target[key]
        source_before, target_before = self.source_before.get(key, source), self.target_before.get(key, target)
        for index, value in enumerate(target):
            if in_flight(source_before[index], source[index], value):
                continue
            if source_before[index] != source[index] and target_before[index] != value:
                inconclusive = True
            else:
                different.append(index)
        return different, inconclusive


def in_flight(source_before: object, source: object, target: object) -> bool:
    """Return whether the target equals the source at this or at the previous check: then replication carries it."""
    return target in (source_before, source)
