"""Operation `summarize`: report, metrics and verdict from the results of all chunks."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from common import log
from common.errors import InvalidEvent, ValidationFailed
from migration import comparison_record
from validation.plan import plan_key
from validation.settings import Validation, folder

_LIMIT: Final = 20
"""Findings in the error, and keys of a table in the report."""


def summarize(validation: Validation, execution: str, results: object) -> dict[str, Any]:
    """Write report and metrics; raise ValidationFailed unless every chunk was compared and is equal."""
    planned = validation.store.get(plan_key(execution))
    if planned is None:
        raise InvalidEvent(f"the execution {execution!r} has no plan")
    compared = {_identity(result): result for result in _results(validation, results)}
    missing = sum(_identity(item) not in compared for item in planned)
    checks = [dict(result) for result in compared.values() if "check" in result]
    tables = _by_table(result for result in compared.values() if "check" not in result)
    different = sum(table["different"] for table in tables)
    findings = [finding for check in checks for finding in check["findings"]]
    summary = {
        "consistent": missing == 0 and different == 0 and not findings,
        "tables": len(tables),
        "rows": sum(table["rows"] for table in tables),
        "different": different,
        "inconclusive": sum(table["inconclusive"] for table in tables),
        "findings": len(findings),
        "sampled": sum(table["chunks"] < table["chunks_of_table"] for table in tables),
    }
    _write_report(
        validation, execution, [*tables, *checks], {**summary, "chunks": len(planned), "chunks_missing": missing}
    )
    _publish_metrics(validation, tables, summary)
    if not summary["consistent"]:
        names = ", ".join(table["table"] for table in tables if table["different"])
        shown = "".join(f"; {finding}" for finding in findings[:_LIMIT])
        raise ValidationFailed(
            f"{different} rows differ{f' in {names}' if names else ''}, {missing} of {len(planned)} chunks were not"
            f" compared{shown}; the report is in {folder(execution)}/"
        )
    replications = [replication.name for replication in validation.replications]
    comparison_record.write(validation.store, folder(execution), execution, replications)
    return summary


def _identity(item: Mapping[str, Any]) -> tuple[str, str, int]:
    return (item["replication"], item["table"], item["chunk"])


def _results(validation: Validation, results: object) -> Iterator[Mapping[str, Any]]:
    match results:
        case list():
            yield from results
        case {"ResultWriterDetails": {"Bucket": str(bucket), "Key": str(key)}} if bucket == validation.store.bucket:
            manifest = validation.store.get(key) or {}
            for file in manifest.get("ResultFiles", {}).get("SUCCEEDED", []):
                for run in validation.store.get(file["Key"]) or []:
                    yield json.loads(run["Output"])
        case _:
            raise InvalidEvent("results must be a list, or the output of a distributed map with a result writer")


def _by_table(results: Any) -> list[dict[str, Any]]:
    tables: dict[tuple[str, str], dict[str, Any]] = {}
    for result in results:
        table = tables.setdefault(
            (result["replication"], result["table"]),
            {
                "replication": result["replication"],
                "table": result["table"],
                **dict.fromkeys(
                    ("chunks", "rows", "different", "missing", "extra", "changed", "inconclusive", "read"), 0
                ),
                "chunks_of_table": 0,
                "columns": [],
                "keys": [],
            },
        )
        table["chunks"] += 1
        table["chunks_of_table"] = max(table["chunks"], result.get("chunks", 0))
        for name in ("rows", "different", "missing", "extra", "changed", "inconclusive", "read"):
            table[name] += result.get(name, 0)
        table["columns"] = sorted({*table["columns"], *result.get("columns", [])})
        table["keys"] = [*table["keys"], *result.get("keys", [])][:_LIMIT]
    return [tables[name] for name in sorted(tables)]


def _write_report(
    validation: Validation, execution: str, results: list[dict[str, Any]], summary: Mapping[str, Any]
) -> None:
    validation.store.put_lines(f"{folder(execution)}/report.jsonl", results)
    validation.store.put(f"{folder(execution)}/summary.json", dict(summary))
    log.info("validated", execution=execution, **summary)


def _publish_metrics(validation: Validation, tables: list[dict[str, Any]], summary: Mapping[str, Any]) -> None:
    values = {
        "RowsCompared": summary["rows"],
        "RowsDifferent": summary["different"],
        "RowsInconclusive": summary["inconclusive"],
        "ValidationFindings": summary["findings"],
    }
    log.metric(validation.namespace, values, unit="Count", Validation="full")
    for table in tables:
        counts = {"TableRowsCompared": table["rows"], "TableRowsDifferent": table["different"]}
        log.metric(validation.namespace, counts, unit="Count", Replication=table["replication"], Table=table["table"])
