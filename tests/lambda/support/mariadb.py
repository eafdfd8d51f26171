"""Starts temporary MariaDB servers."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql

PASSWORD = "mariadb-for-tests"


@dataclass(frozen=True)
class Server:
    """A local server with a certificate for `localhost`."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes]"

    def run(self, sql: str, *parameters: str, dbname: str | None = None) -> list[tuple[Any, ...]]:
        """Run one statement as the administrator."""
        with (
            self._connect(database=dbname) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

    def connect(self, dbname: str) -> "Session":
        """Open a session of the administrator in UTC, which the caller closes."""
        return Session(self._connect(database=dbname, init_command="set time_zone = '+00:00'"))

    def _connect(self, **options: Any) -> "pymysql.Connection[Any]":
        return pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user="admin",
            password=PASSWORD,
            autocommit=True,
            ssl_disabled=True,  # otherwise the driver reads all certificate authorities of the machine each time
            **options,
        )

    def stop(self) -> None:
        """Stop the server and delete its files."""
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True)
class Session:
    """A session on a server, with automatic commit."""

    connection: "pymysql.Connection[Any]"

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def close(self) -> None:
        """Close the session."""
        self.connection.close()


def start(certificates: Path, *options: str) -> Server:
    """Create and start a server on a free port, with a binary log and the TLS certificate of a folder.

    Later `options` override the others.
    """
    folder = Path(tempfile.mkdtemp(prefix="paymig-mariadb-"))
    for name in ("server.pem", "server.key"):
        shutil.copy(certificates / name, folder / name)
    # A starting server deletes the temporary tables in its tmpdir, so a shared tmpdir would break running servers.
    temporary = folder / "temporary"
    temporary.mkdir()
    user = "mysql" if os.geteuid() == 0 else None
    if user is not None:
        for path in [folder, *folder.iterdir()]:
            shutil.chown(path, user, user)
    (folder / "init.sql").write_text(
        f"create user admin@'%' identified by '{PASSWORD}';\ngrant all on *.* to admin@'%' with grant option;\n"
    )
    data = folder / "data"
    subprocess.run(
        [
            *("mariadb-install-db", "--no-defaults", f"--datadir={data}", f"--tmpdir={temporary}"),
            "--auth-root-authentication-method=normal",
        ],
        user=user,
        group=user,
        check=True,
        capture_output=True,
    )
    port = _free_port()
    process = subprocess.Popen(
        [
            *("mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={folder}/socket", f"--port={port}"),
            *("--bind-address=127.0.0.1", f"--init-file={folder}/init.sql", "--skip-name-resolve"),
            f"--tmpdir={temporary}",
            *(f"--ssl-cert={folder}/server.pem", f"--ssl-key={folder}/server.key"),
            *(f"--general-log-file={folder}/general.log", "--general-log=1"),
            *(f"--server-id={port}", "--log-bin=changes", "--binlog-format=ROW", "--binlog-row-metadata=FULL"),
            *options,
        ],
        user=user,
        group=user,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = Server(folder, port, process)
    _wait_until_ready(server)
    return server


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            server.run("select 1")
        except pymysql.err.OperationalError:
            if time.monotonic() > deadline or server.process.poll() is not None:
                server.stop()
                raise
            time.sleep(0.1)
        else:
            return


def _free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
