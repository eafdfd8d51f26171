"""Operation `compare`: one item of the plan on both sides.

Equal checksums end a chunk. Otherwise both sides compute checksums by bucket, return the rows of differing buckets by
key and hash, and recheck the differing rows after the maximum lag: a row that replication still carries is equal. The
result has keyed hashes of keys, and names of columns.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from common import log
from migration.row_readers.comparison_plan import Key, KeyRange, RowHashes
from migration.row_readers.reader import MAX_BUCKETS, Values
from migration.tables import Table
from validation import checks
from validation.column_differences import differing_columns
from validation.findings import Findings, result_of
from validation.mismatches import MismatchCandidates
from validation.plan import key_range_of
from validation.settings import Validation
from validation.table_pair import TablePair, open_pair

_MAX_DIRECT_ROWS: Final = 4_096
"""Rows of a range whose hashes are read without buckets."""

_ROWS_PER_BUCKET: Final = 16


def compare(validation: Validation, item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of one item of the plan."""
    if "check" in item:
        return checks.check(validation, item)
    schema, _, name = str(item["table"]).partition(".")
    key_range = key_range_of(validation, item)
    with open_pair(validation, str(item.get("replication")), Table(schema, name, 0)) as pair:
        source, target = pair.both(lambda reader, plan: reader.checksum(plan, key_range))
        result = {**item, "rows": source.rows, "different": 0}
        if source != target:
            if pair.source.plan.key:
                findings = _recheck_rows(validation, pair, key_range, max(source.rows, target.rows))
            else:
                findings = _recheck_table(validation, pair, key_range)
            result |= result_of(validation, item, findings)
        result["read"] = pair.source.reader.bytes_read
    logged = {name: result[name] for name in ("table", "chunk", "rows", "different", "read")}
    log.info("compared", **logged, inconclusive=result.get("inconclusive", 0))
    return result


def _recheck_rows(validation: Validation, pair: TablePair, key_range: KeyRange, rows: int) -> Findings:
    """Return the rows that differ at every check."""
    source, target = _row_hashes(pair, key_range, rows)
    candidates = MismatchCandidates(
        sorted(key for key in source.keys() | target.keys() if source.get(key) != target.get(key))
    )
    for _ in range(validation.max_rechecks):
        if not candidates.keys:
            break
        validation.clock.sleep(validation.max_lag_seconds)
        candidates.recheck(*_column_hashes(pair, candidates.keys))
    findings = _classify(validation, pair, candidates)
    if not candidates.vanished:
        return findings
    return _with_unreachable(pair, key_range, rows, candidates.vanished, findings)


def _recheck_table(validation: Validation, pair: TablePair, key_range: KeyRange) -> Findings:
    """Return whether a table without a key differs at every check: its rows cannot be looked up."""
    source, target = pair.both(lambda reader, plan: reader.checksum(plan, key_range))
    is_inconclusive = False
    for _ in range(validation.max_rechecks):
        source_before, target_before = source, target
        validation.clock.sleep(validation.max_lag_seconds)
        source, target = pair.both(lambda reader, plan: reader.checksum(plan, key_range))
        if target in (source_before, source):
            return Findings()
        is_inconclusive = source_before != source and target_before != target
    rows = max(1, abs(source.rows - target.rows))
    return Findings(inconclusive_rows=rows) if is_inconclusive else Findings(without_key=rows)


def _row_hashes(pair: TablePair, key_range: KeyRange, rows: int) -> tuple[RowHashes, RowHashes]:
    """Return the hashes of rows that may differ: all of a small range, else those of differing buckets."""
    if rows <= _MAX_DIRECT_ROWS:
        return pair.both(lambda reader, plan: reader.row_hashes(plan, key_range, 1, None))
    count = min(MAX_BUCKETS, 1 << (rows // _ROWS_PER_BUCKET).bit_length())
    source, target = pair.both(lambda reader, plan: reader.bucket_checksums(plan, key_range, count))
    buckets = sorted(number for number in source.keys() | target.keys() if source.get(number) != target.get(number))
    return pair.both(lambda reader, plan: reader.row_hashes(plan, key_range, count, buckets))


def _column_hashes(pair: TablePair, keys: list[Key]) -> tuple[Values, Values]:
    return pair.both(lambda reader, plan: reader.column_hashes(plan, keys))


def _classify(validation: Validation, pair: TablePair, candidates: MismatchCandidates) -> Findings:
    """Return the remaining candidates by kind."""
    missing = [key for key in candidates.keys if key not in candidates.target]
    extra = [key for key in candidates.keys if key not in candidates.source]
    different: dict[Key, list[int]] = {}
    inconclusive: list[Key] = []
    for key in candidates.keys:
        if key in candidates.source and key in candidates.target:
            columns, is_inconclusive = candidates.columns(key)
            if columns:
                different[key] = columns
            elif is_inconclusive:
                inconclusive.append(key)
    changed = differing_columns(
        pair.both,
        different,
        lambda: validation.clock.sleep(validation.max_lag_seconds),
        validation.max_rechecks,
    )
    return Findings(missing, extra, changed, inconclusive)


def _with_unreachable(
    pair: TablePair, key_range: KeyRange, rows: int, vanished: list[Key], findings: Findings
) -> Findings:
    """Add vanished rows that the table still has: a lookup by the text of their key fails. Others were deleted."""
    source, target = _row_hashes(pair, key_range, rows)
    differing = [key for key in vanished if source.get(key) != target.get(key)]
    column_hashes = _column_hashes(pair, differing)
    unreachable = [key for key in differing if not any(key in values for values in column_hashes)]
    return replace(
        findings,
        missing=[*findings.missing, *(key for key in unreachable if key not in target)],
        extra=[*findings.extra, *(key for key in unreachable if key not in source)],
        changed=findings.changed | {key: [] for key in unreachable if key in source and key in target},
    )
