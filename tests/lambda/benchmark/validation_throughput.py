"""Throughput of the validation against reladiff, on the same two databases in one run: `make bench-validation`.

Both read the source through a relay that counts bytes, with the same number of workers. The rows lie still, so
neither waits for replication. What is printed last are ratios; absolute figures belong to one machine.
"""

import argparse
import json
import multiprocessing
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, redirect_stdout
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any
from unittest import mock

from moto import mock_aws

from common import clients
from migration.row_readers.comparison_plan import HashFunction
from support import postgres
from support.validation_driver import DatabaseEndpoint, ValidationDriver, postgresql_endpoint, rows_of

_DATABASE = "benchmark"
_COLUMNS = ("token", "amount", "currency", "state", "note", "at")
_TABLE = """
create table {schema}.payments (id bigint primary key, token text not null, amount numeric(12, 2) not null,
  currency char(3) not null, state text not null, note text, at timestamptz not null);
insert into {schema}.payments select g, 'tok_' || md5(g::text), (g % 100000)::numeric / 100, 'EUR', 'settled',
  case when g % 4 = 0 then null else 'order ' || g end, timestamptz '2026-01-01Z' + g * interval '1 s'
  from generate_series(1, {rows}) g
"""
_RELADIFF = """
import json, sys, time
from reladiff import connect_to_table, diff_tables
source, target, table, columns, workers = json.loads(sys.argv[1])
sides = [connect_to_table(uri, tuple(table.split(".")), "id", thread_count=workers) for uri in (source, target)]
began = time.monotonic()
found = sum(1 for _ in diff_tables(*sides, extra_columns=tuple(columns), max_threadpool_size=workers))
print(json.dumps({"seconds": time.monotonic() - began, "found": found}))
"""


@dataclass(frozen=True)
class Measurement:
    """The result of one run: duration, bytes read from the source, and CPU seconds used on the source."""

    seconds: float
    sent: int
    core: float
    different: int


def main() -> None:
    """Load the tables, measure both tools and print the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--reladiff", type=Path, required=True, help="the Python that has reladiff")
    options = parser.parse_args()
    with _servers() as (source, target):
        _load(source, target, options.rows)
        print(f"{options.rows:,} rows, {options.workers} workers, {os.cpu_count()} cores")
        for schema, share in (("same", "0 %"), ("changed", "1 %")):
            _measure(source, target, schema, share, options)


def _measure(
    source: postgres.Server, target: postgres.Server, schema: str, share: str, options: argparse.Namespace
) -> None:
    expected = options.rows // 100 if schema == "changed" else 0
    runs: dict[str, Callable[[int], tuple[float, int]]] = {
        "reladiff": lambda port: _reladiff(options, port, target.port, schema),
        "paymig": lambda port: _paymig(source, target, port, schema, options.workers),
        "paymig, md5": lambda port: _paymig(source, target, port, schema, options.workers, quick=False),
    }
    found = {name: _run(source, run) for name, run in runs.items()}
    print(f"\n{share} of rows differ")
    for name, run in found.items():
        assert run.different == expected, (name, run.different, expected)
        print(
            f"  {name:12} {options.rows / run.seconds:12,.0f} rows/s  {run.sent / options.rows:8.2f} bytes a row from"
            f" the source  {run.core * 1e6 / options.rows:6.2f} us a row of a core of the source"
        )
    theirs = found.pop("reladiff")
    for name, run in found.items():
        print(
            f"  {name:12} is {theirs.seconds / run.seconds:.1f} times as fast as reladiff, with"
            f" {run.sent / theirs.sent:.2f} of the bytes from the source and {run.core / theirs.core:.2f} of its time"
        )


def _run(source: postgres.Server, run: Callable[[int], tuple[float, int]]) -> Measurement:
    before = _core(source)
    with _relay(source.port) as (port, sent):
        seconds, different = run(port)
        return Measurement(seconds, sent(), _core(source) - before, different)


def _reladiff(options: argparse.Namespace, port: int, target: int, schema: str) -> tuple[float, int]:
    uris = [f"postgresql://postgres:{postgres.PASSWORD}@127.0.0.1:{each}/{_DATABASE}" for each in (port, target)]
    arguments = json.dumps([*uris, f"{schema}.payments", _COLUMNS, options.workers])
    command = [str(options.reladiff), "-c", _RELADIFF, arguments]
    response = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return float(response["seconds"]), int(response["found"]) // 2  # a changed row counts as one removed and one added


def _paymig(
    source: postgres.Server, target: postgres.Server, port: int, schema: str, workers: int, *, quick: bool = True
) -> tuple[float, int]:
    here = postgresql_endpoint(source, _DATABASE)
    ends = (
        DatabaseEndpoint(here.engine, port, here.dbname, here.user, here.password),
        postgresql_endpoint(target, _DATABASE),
    )
    with mock_aws(config={"core": {"mock_credentials": True, "passthrough": {"services": ["dms"]}}}), _quiet():
        clients.clear_cache()
        work = ValidationDriver(*ends, schema, {"MAX_RECHECKS": "1"})
        work.validation()  # creates the AWS resources before the measurement starts
        began = time.monotonic()
        with _hash(quick=quick):
            results = rows_of(work.validate(workers))
        return time.monotonic() - began, sum(result["different"] for result in results)


@contextmanager
def _hash(*, quick: bool) -> Iterator[None]:
    """Make the validation use the hash that all engines support."""
    if quick:
        yield
    else:
        with mock.patch("validation.table_pair.common_hash_function", lambda *_: HashFunction.MD5):
            yield


@contextmanager
def _quiet() -> Iterator[None]:
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        yield


def _core(server: postgres.Server) -> float:
    """Return the CPU seconds of the ended sessions of the server."""
    time.sleep(0.5)
    process = (server.folder / "data" / "postmaster.pid").read_text().split()[0]
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")  # cutime and cstime of proc(5)


@contextmanager
def _servers() -> Iterator[tuple[postgres.Server, postgres.Server]]:
    source, target = postgres.start(), postgres.start()
    try:
        yield source, target
    finally:
        source.stop()
        target.stop()


def _load(source: postgres.Server, target: postgres.Server, rows: int) -> None:
    def load(server: postgres.Server) -> None:
        server.run(f"create database {_DATABASE}")
        with closing(server.connect(_DATABASE)) as session:
            session._usock.settimeout(600)
            for schema in ("same", "changed"):
                session.run(f"create schema {schema}")
                session.run(_TABLE.format(schema=schema, rows=rows))
            if server is target:
                session.run("update changed.payments set state = 'disputed' where id % 100 = 0")
            for schema in ("same", "changed"):
                session.run(f"vacuum analyze {schema}.payments")
            session.run("checkpoint")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(load, (source, target)))


@contextmanager
def _relay(port: int) -> Iterator[tuple[int, Callable[[], int]]]:
    """Forward a port to `port` in a separate process; yield the port and a counter of the returned bytes."""
    listener = socket.create_server(("127.0.0.1", 0))
    sent = multiprocessing.Value("q", 0)
    process = multiprocessing.Process(target=_serve, args=(listener, port, sent), daemon=True)
    process.start()
    try:
        yield int(listener.getsockname()[1]), lambda: int(sent.value)
    finally:
        process.terminate()
        process.join()
        listener.close()


def _serve(listener: socket.socket, port: int, sent: "Synchronized[Any]") -> None:
    while True:
        near, _ = listener.accept()
        far = socket.create_connection(("127.0.0.1", port))
        for sender, receiver, counted in ((near, far, None), (far, near, sent)):
            threading.Thread(target=_forward, args=(sender, receiver, counted), daemon=True).start()


def _forward(sender: socket.socket, receiver: socket.socket, counted: "Synchronized[Any] | None") -> None:
    try:
        while data := sender.recv(1 << 18):
            receiver.sendall(data)
            if counted is not None:
                with counted.get_lock():
                    counted.value += len(data)
        receiver.shutdown(socket.SHUT_WR)
    except OSError:
        return


if __name__ == "__main__":
    main()
