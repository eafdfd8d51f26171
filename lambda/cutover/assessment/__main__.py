"""Premigration assessment from a command line, with the two databases only.

Each side is a JSON file, the connection description: `engine` (`postgres` or `mysql`), `host`, `port`, `dbname`,
`username` and `password` of an administrator. Optional are `replication`, an object with `username` and `password`,
and `application`, an object with `role` and `username`. The exit status is 1 if there are errors.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from common.clock import Clock
from common.errors import InvalidSettings, MigrationError
from common.settings import Variables
from cutover.admin_sessions import open_admin_session
from cutover.assessment.assess import Access, Options, assess
from cutover.assessment.report import Assessment
from cutover.assessment.runway import Storage
from cutover.engine import DatabaseAdmin
from cutover.premigration_rule import Severity
from database import secrets
from database.address import parse_address
from database.secrets import parse_login
from database.tls import TlsConfig, parse_tls_config
from migration.replication import ENGINES

_STATEMENT_SECONDS = 120.0
_CONTROL_SCHEMAS = {"postgres": "public", "mysql": "awsdms_control"}


def main(arguments: list[str]) -> int:
    """Assess the two databases, write the report, and return the exit status."""
    parsed = _parser().parse_args(arguments)
    try:
        tls = parse_tls_config(Variables(os.environ))
        source, target = (_description(path) for path in (parsed.source, parsed.target))
        if source["engine"] != target["engine"]:
            raise InvalidSettings(
                f"the source is {source['engine']}, the target {target['engine']}; they must be equal"
            )
        with _access(source, tls) as source_access, _access(target, tls) as target_access:
            result = assess(source_access, target_access, _options(parsed, source["engine"]), Clock())
    except (MigrationError, OSError, ValueError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    _write(result, parsed.output)
    return 1 if result.count(Severity.ERROR) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m cutover.assessment", description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="connection description of the source")
    parser.add_argument("--target", type=Path, required=True, help="connection description of the target")
    parser.add_argument("--tables", action="append", required=True, help="schema.table pattern, such as 'public.%%'")
    parser.add_argument("--free-gib", type=float, help="free disk space of the source")
    parser.add_argument("--allocated-gib", type=float, help="allocated storage of the source, in place of --free-gib")
    parser.add_argument("--runway-hours", type=float, default=Options.runway_hours)
    parser.add_argument("--measure-seconds", type=float, default=Options.measure_seconds)
    parser.add_argument("--long-transaction-seconds", type=float, default=Options.long_transaction_seconds)
    parser.add_argument("--since", type=Path, help="earlier report, whose schema is compared with the present one")
    parser.add_argument("--output", type=Path, default=Path(), help="folder of assessment.json and assessment.md")
    return parser


def _description(path: Path) -> Mapping[str, Any]:
    value = json.loads(path.read_text())
    if not isinstance(value, dict) or value.get("engine") not in ENGINES:
        raise InvalidSettings(f"{path}: engine must be one of {', '.join(ENGINES)}")
    return value


@contextmanager
def _access(description: Mapping[str, Any], tls: TlsConfig) -> Iterator[Access]:
    replication, application = description.get("replication"), description.get("application") or {}
    exempt: tuple[str, ...] = ()
    if replication is not None:
        user = str(replication["username"])
        exempt = (user, secrets.clone(user))
    with _session(description, description, tls)() as admin:
        yield Access(
            admin,
            replication_session=None if replication is None else _session(description, replication, tls),
            replication_user=exempt[0] if exempt else None,
            application_role=application.get("role"),
            application_user=application.get("username"),
            exempt_users=exempt,
        )


def _session(
    description: Mapping[str, Any], login: Mapping[str, Any], tls: TlsConfig
) -> Callable[[], AbstractContextManager[DatabaseAdmin]]:
    where = f"{description['engine']} {description.get('host')}"
    address, parsed = parse_address(description, where), parse_login(login, where)
    return lambda: open_admin_session(description["engine"], address, parsed, tls, _STATEMENT_SECONDS)


def _options(parsed: argparse.Namespace, engine: str) -> Options:
    snapshot = None if parsed.since is None else json.loads(parsed.since.read_text())["schema"]
    return Options(
        tables=tuple(parsed.tables),
        control_schema=_CONTROL_SCHEMAS[engine],
        storage=Storage.from_gib(parsed.free_gib, parsed.allocated_gib),
        measure_seconds=parsed.measure_seconds,
        runway_hours=parsed.runway_hours,
        long_transaction_seconds=parsed.long_transaction_seconds,
        snapshot=snapshot,
    )


def _write(result: Assessment, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "assessment.json").write_text(json.dumps(result.to_json(), indent=2) + "\n")
    (folder / "assessment.md").write_text(result.to_markdown())
    counts = f"{result.count(Severity.ERROR)} errors, {result.count(Severity.WARNING)} warnings"
    sys.stdout.write(f"{counts}: {folder / 'assessment.md'}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
