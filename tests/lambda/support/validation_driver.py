"""Drives the validation function in a test, and opens row readers on the test servers."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

from common import clients
from database.address import Address
from database.secrets import Login
from database.tls import TlsConfig, TlsMode
from migration.row_readers import mysql, postgresql
from migration.row_readers.comparison_plan import ComparisonPlan, Key, KeyRange, plan_comparison
from migration.row_readers.reader import Reader, common_hash_function
from migration.row_readers.table_schema import TableSchema
from support import mariadb, postgres
from support.emitted_replication import EmittedReplication
from support.hmac_keys import create_hmac_key
from support.replication_service import ReplicationService
from support.secrets import login_secret
from validation import handler
from validation.settings import Validation, build

_PLAIN = TlsConfig(TlsMode.OFF, Path())


@contextmanager
def postgresql_reader(server: postgres.Server, dbname: str = "postgres") -> Iterator[Reader]:
    """Open a row reader on a PostgreSQL server."""
    address = Address("127.0.0.1", server.port, dbname)
    with postgresql.open_reader(address, Login("postgres", postgres.PASSWORD), _PLAIN, 60) as reader:
        yield reader


@contextmanager
def mysql_reader(server: mariadb.Server, dbname: str = "mysql") -> Iterator[Reader]:
    """Open a row reader on a MariaDB server."""
    address = Address("127.0.0.1", server.port, dbname)
    with mysql.open_reader(address, Login("admin", mariadb.PASSWORD), _PLAIN, 60) as reader:
        yield reader


def comparison_plans(
    source: Reader, target: Reader, here: TableSchema, there: TableSchema
) -> tuple[ComparisonPlan, ComparisonPlan]:
    """Return how each side reads a table for the comparison."""
    return plan_comparison(here, there, source.engine == target.engine, common_hash_function(source, target))


def ranges_between(bounds: list[Key]) -> list[KeyRange]:
    """Return the ranges that the bounds delimit; the first and the last are open."""
    ends: list[Key | None] = [None, *bounds, None]
    return [KeyRange(low, high) for low, high in pairwise(ends)]


@dataclass(frozen=True)
class DatabaseEndpoint:
    """One side of a validation: a database on a test server, and its login."""

    engine: str
    port: int
    dbname: str
    user: str
    password: str

    @property
    def address(self) -> dict[str, object]:
        """The address in the format of REPLICATIONS."""
        return {"host": "127.0.0.1", "port": self.port, "dbname": self.dbname}


def postgresql_endpoint(server: postgres.Server, dbname: str) -> DatabaseEndpoint:
    """Return a database on a PostgreSQL server with the login of the superuser."""
    return DatabaseEndpoint("postgres", server.port, dbname, "postgres", postgres.PASSWORD)


def mysql_endpoint(server: mariadb.Server, dbname: str) -> DatabaseEndpoint:
    """Return a database on a MariaDB server with the login of the administrator."""
    return DatabaseEndpoint("mysql", server.port, dbname, "admin", mariadb.PASSWORD)


@dataclass(frozen=True)
class ValidationDriver:
    """Runs the validation between two databases; the fixture `aws` must be active."""

    source: DatabaseEndpoint
    target: DatabaseEndpoint
    schema: str
    settings: Mapping[str, str] = field(default_factory=dict)
    run: str = "run-1"
    bucket: str = "validation-checkpoints"

    def validation(self) -> Validation:
        """Build the validation as the handler does."""
        return build({**self._cloud, **self.settings})

    def validate(self, workers: int = 1) -> list[dict[str, Any]]:
        """Plan the validation and compare all chunks, `workers` at a time; return the results of the chunks."""
        validation = self.validation()
        response = handler.run(validation, {"operation": "plan", "execution": self.run})
        items = validation.store.get(response["key"]) or []
        with ThreadPoolExecutor(workers) as pool:
            events = [{"operation": "compare", "chunk": item} for item in items]
            return list(pool.map(lambda event: handler.run(validation, event), events))

    def summarize(self, results: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the summary of the results."""
        return handler.run(self.validation(), {"operation": "summarize", "execution": self.run, "results": results})

    @cached_property
    def _cloud(self) -> dict[str, str]:
        clients.s3().create_bucket(Bucket=self.bucket)
        # A test may have several drivers in one account.
        service = ReplicationService(f"validation-{uuid4()}", EmittedReplication("orchestrated/migration"))
        endpoints = service.add_endpoint("source"), service.add_endpoint("target")
        task = service.add_task("full-load", endpoints)
        secrets = {
            name: login_secret(f"{self.run}-{name}", end.user, end.password)
            for name, end in (("source", self.source), ("target", self.target))
        }
        replication = {
            "name": "ledger",
            "source_engine": self.source.engine,
            "target_engine": self.target.engine,
            "source_address": self.source.address,
            "target_address": self.target.address,
            "source_secret": secrets["source"],
            "target_secret": secrets["target"],
            "target_master_secret": secrets["target"],
            "application_role": "application",
            "control_schema": "public",
            "forward_slot": "paymig_ledger_fwd",
            "reverse_slot": "paymig_ledger_rev",
            "tables": [f"{self.schema}.%"],
            **dict.fromkeys(("load_task", "forward_task", "reverse_task"), task.arn),
        }
        return {
            "REPLICATIONS": json.dumps([replication]),
            "CHECKPOINT_BUCKET": self.bucket,
            "HASH_KEY_ARN": create_hmac_key(),
            "DB_TLS_MODE": "off",
            "MAX_LAG_SECONDS": "0",
        }


def rows_of(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the results of row comparisons, without those of schema checks."""
    return [result for result in results if "check" not in result]


def findings_of(results: list[dict[str, Any]], name: str) -> list[str]:
    """Return the findings of one schema check."""
    return [finding for result in results if result.get("check") == name for finding in result["findings"]]
