"""Rules of the premigration assessment. An engine implements those that read its catalogs."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from migration.tables import Table


class Severity(Enum):
    """Whether a violated rule makes the migration fail or lose rows, or makes it slow or fragile."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """A violation of a rule; its text is a sentence, or a predicate whose subject is the side."""

    object: str
    """The table, column, user, setting or session that violates the rule."""
    text: str
    remedy: str
    """Statements, or the action of an administrator."""

    def __str__(self) -> str:
        """Return the text, for messages."""
        return self.text


def problem_of(table: str, name: str, text: str, remedy: str) -> Problem:
    """Return the problem of an object of `table`, or of the table itself if `name` is empty.

    `text` and `remedy` are formatted with both.
    """
    return Problem(f"{table}.{name}" if name else table, text.format(table, name), remedy.format(table, name))


@dataclass(frozen=True)
class Scope:
    """The subject of the rules of one side."""

    tables: list[Table]
    is_source: bool
    long_transaction_seconds: float


@dataclass(frozen=True)
class Rule:
    """A requirement of the migration, by the API key of AWS's own assessment, or by a name of this project."""

    name: str
    title: str
    severity: Severity
    problems_in: Callable[[Scope], Iterable[Problem]]
    is_for_source: bool = True
    is_for_target: bool = True
    covers: tuple[str, ...] = ()
    """The API keys of AWS's assessments that are part of this rule."""

    def applies_to(self, scope: Scope) -> bool:
        """Return whether the rule is one of this side."""
        return self.is_for_source if scope.is_source else self.is_for_target


@dataclass(frozen=True)
class InapplicableRule:
    """An assessment of AWS that the emitted tasks make pointless, with the reason."""

    name: str
    reason: str


@dataclass(frozen=True)
class RuleSet:
    """The rules of an engine."""

    rules: tuple[Rule, ...]
    inapplicable: tuple[InapplicableRule, ...]
