"""Findings of a comparison, in the form that may leave the function: counts, column names, and keyed hashes of keys."""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from migration.row_readers.comparison_plan import Key
from validation.hash_key import derive_hash_key
from validation.settings import Validation, folder

_MAX_KEYS: Final = 20
"""Keys in a result; the file of differences has all."""


@dataclass(frozen=True)
class Findings:
    """Rows that differ, by kind.

    `inconclusive` rows changed on both sides before every check: only a check without writes is conclusive.
    `without_key` and `inconclusive_rows` count rows of tables without a key, by checksums and counts.
    """

    missing: list[Key] = field(default_factory=list)
    extra: list[Key] = field(default_factory=list)
    changed: dict[Key, list[str]] = field(default_factory=dict)
    inconclusive: list[Key] = field(default_factory=list)
    without_key: int = 0
    inconclusive_rows: int = 0

    @property
    def different(self) -> int:
        """Number of rows that differ for certain."""
        return len(self.missing) + len(self.extra) + len(self.changed) + self.without_key


def result_of(validation: Validation, item: Mapping[str, Any], findings: Findings) -> dict[str, Any]:
    """Return the result of a chunk that differs, and write a line for each of its rows to a file next to the plan."""
    has_findings = findings.different or findings.inconclusive
    lines = list(_lines(item, findings, _key_digest(validation, str(item["table"])))) if has_findings else []
    if lines:
        validation.store.put_lines(
            f"{folder(item['execution'])}/differences/{item['replication']}/{item['table']}/{item['chunk']}.jsonl",
            lines,
        )
    columns = {name for names in findings.changed.values() for name in names}
    return {
        "different": findings.different,
        "missing": len(findings.missing),
        "extra": len(findings.extra),
        "changed": len(findings.changed),
        "without_key": findings.without_key,
        "inconclusive": len(findings.inconclusive) + findings.inconclusive_rows,
        "columns": sorted(columns),
        "keys": [line["key"] for line in lines if line["kind"] != "inconclusive"][:_MAX_KEYS],
    }


def _lines(item: Mapping[str, Any], findings: Findings, digest_key: Callable[[Key], str]) -> Iterator[dict[str, Any]]:
    kinds = (
        ("missing", findings.missing),
        ("extra", findings.extra),
        ("changed", list(findings.changed)),
        ("inconclusive", findings.inconclusive),
    )
    for kind, keys in kinds:
        for key in keys:
            columns = findings.changed.get(key, [])
            yield {"table": item["table"], "kind": kind, "key": digest_key(key), "columns": columns}


def _key_digest(validation: Validation, table: str) -> Callable[[Key], str]:
    """Return the HMAC-SHA-256 of keys: no key of a row leaves the function otherwise."""
    derived = derive_hash_key(validation.kms, validation.hash_key_arn)

    def digest_key(key: Key) -> str:
        text = "".join(f"{len(part)}:{part}" for part in (table, *key))
        return hmac.new(derived, text.encode(), hashlib.sha256).hexdigest()

    return digest_key
