"""The report of a premigration assessment, as JSON for programs and as Markdown for a change board."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cutover.assessment.runway import Runway
from cutover.premigration_rule import InapplicableRule, Rule, Severity
from cutover.schema_snapshot import TableProperties


@dataclass(frozen=True)
class Finding:
    """A violation of a rule on one side."""

    severity: Severity
    side: str
    object: str
    rule: str
    text: str
    remedy: str

    def to_json(self) -> Mapping[str, str]:
        """Return the finding for the report."""
        return {
            "severity": self.severity.value,
            "side": self.side,
            "object": self.object,
            "rule": self.rule,
            "finding": self.text,
            "remedy": self.remedy,
        }


@dataclass(frozen=True)
class CheckedRule:
    """A rule that was checked on one side, with its findings."""

    side: str
    rule: Rule
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class SideFacts:
    """The server of one side."""

    product: str
    version: str


@dataclass(frozen=True)
class Assessment:
    """The result of all rules."""

    assessed_at: datetime
    source: SideFacts
    target: SideFacts
    tables: tuple[str, ...]
    runway: Runway | None
    checked: tuple[CheckedRule, ...]
    inapplicable: tuple[InapplicableRule, ...]
    snapshot: Mapping[str, TableProperties]

    @property
    def findings(self) -> list[Finding]:
        """Return all findings, errors first."""
        found = [finding for checked in self.checked for finding in checked.findings]
        return sorted(found, key=lambda finding: finding.severity is not Severity.ERROR)

    def count(self, severity: Severity) -> int:
        """Return the number of findings of `severity`."""
        return sum(finding.severity is severity for finding in self.findings)

    def to_json(self) -> Mapping[str, Any]:
        """Return the report, with the schema of the source for a later assessment."""
        return {
            "assessed_at": self.assessed_at.isoformat(),
            "errors": self.count(Severity.ERROR),
            "warnings": self.count(Severity.WARNING),
            "source": {"product": self.source.product, "version": self.source.version},
            "target": {"product": self.target.product, "version": self.target.version},
            "tables": list(self.tables),
            "runway": None if self.runway is None else self.runway.to_json(),
            "findings": [finding.to_json() for finding in self.findings],
            "rules": [
                {
                    "side": checked.side,
                    "rule": checked.rule.name,
                    "title": checked.rule.title,
                    "covers": list(checked.rule.covers),
                    "findings": len(checked.findings),
                }
                for checked in self.checked
            ],
            "inapplicable": [{"rule": rule.name, "reason": rule.reason} for rule in self.inapplicable],
            "schema": {table: dict(properties) for table, properties in self.snapshot.items()},
        }

    def to_markdown(self) -> str:
        """Return the report as a document."""
        return "\n".join(_document(self)) + "\n"


def _document(assessment: Assessment) -> Iterator[str]:
    errors, warnings = assessment.count(Severity.ERROR), assessment.count(Severity.WARNING)
    source, target = assessment.source, assessment.target
    yield "# Premigration assessment"
    yield ""
    yield f"{assessment.assessed_at:%Y-%m-%d %H:%M} UTC: {errors} errors, {warnings} warnings."
    yield f"Source {source.product} {source.version}, target {target.product} {target.version},"
    yield f"{len(assessment.tables)} tables."
    yield ""
    yield "## Findings"
    yield ""
    if assessment.findings:
        yield from _table(
            ("severity", "side", "object", "finding", "remedy", "rule"),
            (
                (f.severity.value, f.side, _code(f.object), f.text, _code(f.remedy), _code(f.rule))
                for f in assessment.findings
            ),
        )
    else:
        yield "None."
    yield ""
    yield "## Runway of the change log"
    yield ""
    measures = {} if assessment.runway is None else assessment.runway.to_json()
    yield from _table(("measure", "value"), ((name, str(value)) for name, value in measures.items()))
    yield ""
    yield "## Rules"
    yield ""
    yield from _table(
        ("rule", "side", "requirement", "findings"),
        ((_code(c.rule.name), c.side, c.rule.title, str(len(c.findings))) for c in assessment.checked),
    )
    yield ""
    yield "## Assessments of AWS that do not apply"
    yield ""
    yield from _table(("assessment", "reason"), ((_code(rule.name), rule.reason) for rule in assessment.inapplicable))


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield _row(head)
    yield _row(("---",) * len(head))
    for row in rows:
        yield _row(tuple(cell.replace("|", "\\|").replace("\n", " ") for cell in row))


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    quote = "``" if "`" in text else "`"
    return f"{quote}{text}{quote}" if quote == "`" else f"{quote} {text} {quote}"
