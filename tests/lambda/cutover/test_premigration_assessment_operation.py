"""The premigration assessment as a command without AWS, and as an operation of the function `cutover`."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from common import clients
from common.errors import InvalidEvent
from support import mariadb, postgres
from support.assessed_databases import AssessedDatabases, create_mysql_databases, create_postgresql_databases
from support.environment import Environment
from support.mysql_environment import MySqlEnvironment

_LAMBDA = Path(__file__).parents[3] / "lambda"


def _command(databases: AssessedDatabases, folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    for name, side in (("source", databases.source), ("target", databases.target)):
        (folder / f"{name}.json").write_text(json.dumps(side.description()))
    schema = "public" if databases.source.engine == "postgres" else databases.source.dbname
    command = [sys.executable, "-m", "cutover.assessment", "--tables", f"{schema}.%", "--measure-seconds", "0.1"]
    for name in ("source", "target"):
        command += [f"--{name}", str(folder / f"{name}.json")]
    without_aws = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(
        [*command, "--output", str(folder), *options],
        cwd=_LAMBDA,
        env={**without_aws, "DB_TLS_MODE": "off"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def _report(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "assessment.json").read_text()))


def test_command_passes_suitable_databases(
    source_server: postgres.Server, target_server: postgres.Server, tmp_path: Path
) -> None:
    with create_postgresql_databases(source_server, target_server) as databases:
        result = _command(databases, tmp_path, "--allocated-gib", "100000")
    assert (result.returncode, result.stderr) == (0, "")
    assert (_report(tmp_path)["errors"], _report(tmp_path)["tables"]) == (0, ["public.payments", "public.refunds"])
    assert "## Findings\n\nNone.\n" in (tmp_path / "assessment.md").read_text()


def test_command_fails_with_errors_and_their_remedies(
    source_server: postgres.Server, target_server: postgres.Server, tmp_path: Path
) -> None:
    with create_postgresql_databases(source_server, target_server) as databases:
        databases.source.run("alter table refunds set unlogged")
        result = _command(databases, tmp_path, "--free-gib", "100000")
    assert result.returncode == 1
    (finding,) = _report(tmp_path)["findings"]
    assert finding == {
        "severity": "error",
        "side": "source",
        "object": "public.refunds",
        "rule": "paymig-replication-blockers",
        "finding": "public.refunds is unlogged, so that its changes are in no change log",
        "remedy": "alter table public.refunds set logged",
    }
    assert "| error | source | `public.refunds` |" in (tmp_path / "assessment.md").read_text()


def test_command_compares_the_schema_with_an_earlier_report(
    source_server: postgres.Server, target_server: postgres.Server, tmp_path: Path
) -> None:
    with create_postgresql_databases(source_server, target_server) as databases:
        assert _command(databases, tmp_path, "--free-gib", "100000").returncode == 0
        earlier = (tmp_path / "assessment.json").rename(tmp_path / "earlier.json")
        for side in (databases.source, databases.target):
            side.run("alter table refunds add reason varchar(20)")
        result = _command(databases, tmp_path, "--free-gib", "100000", "--since", str(earlier))
    assert result.returncode == 1
    assert {finding["rule"] for finding in _report(tmp_path)["findings"]} == {"paymig-schema-changes"}


def test_command_reads_mariadb(mariadb_server: mariadb.Server, mariadb_target: mariadb.Server, tmp_path: Path) -> None:
    with create_mysql_databases(mariadb_server, mariadb_target) as databases:
        databases.target.run("alter table refunds drop column note")
        assert _command(databases, tmp_path, "--free-gib", "100000").returncode == 1
    errors = [finding for finding in _report(tmp_path)["findings"] if finding["severity"] == "error"]
    assert {finding["rule"] for finding in errors} == {"paymig-schema-differences"}


def test_command_names_an_unreachable_database(
    source_server: postgres.Server, target_server: postgres.Server, tmp_path: Path
) -> None:
    with create_postgresql_databases(source_server, target_server) as databases:
        pass
    result = _command(databases, tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    assert "Traceback" not in result.stderr


def test_operation_writes_a_report_for_each_replication(environment: Environment) -> None:
    environment.run("initialize")
    answer = environment.run("premigration_assessment", free_gib=1_000_000)
    report = _stored(environment.variables, answer)
    assert (answer["errors"], report["findings"]) == (0, [])
    assert report["runway"]["free_bytes"] == 1_000_000 << 30


def test_operation_finds_a_change_of_the_schema_since_the_load(environment: Environment) -> None:
    environment.start_replication()
    environment.source.run("alter table payments add channel varchar(10)")
    environment.target.run("alter table payments add channel varchar(10)")
    answer = environment.run("premigration_assessment", free_gib=1_000_000)
    (finding,) = _stored(environment.variables, answer)["findings"]
    assert (finding["rule"], finding["object"]) == ("paymig-schema-changes", "public.payments")


def test_operation_assesses_mariadb(mysql: MySqlEnvironment) -> None:
    mysql.run("initialize")
    mysql.source.run("create trigger copied after insert on payments for each row set @a = 1")
    answer = mysql.run("premigration_assessment", free_gib=1_000_000)
    findings = _stored(mysql.variables, answer)["findings"]
    assert any(finding["remedy"] == "drop trigger copied" for finding in findings)


def test_operation_rejects_storage_that_is_no_number(environment: Environment) -> None:
    with pytest.raises(InvalidEvent, match="free_gib is '10'; it must be a number of GiB"):
        environment.run("premigration_assessment", free_gib="10")


def _stored(variables: Mapping[str, str], answer: Mapping[str, Any]) -> dict[str, Any]:
    (key,) = answer["reports"]
    bucket = variables["CHECKPOINT_BUCKET"]
    markdown = clients.s3().get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    assert markdown.startswith("# Premigration assessment\n")
    return dict(json.loads(clients.s3().get_object(Bucket=bucket, Key=key.replace(".md", ".json"))["Body"].read()))
