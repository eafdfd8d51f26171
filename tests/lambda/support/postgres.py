"""Starts temporary PostgreSQL servers."""

import ipaddress
import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pg8000.native

PASSWORD = "postgres-for-tests"
_SETTINGS = """
fsync = off
wal_level = logical
track_commit_timestamp = on
max_replication_slots = 64
max_wal_senders = 64
max_prepared_transactions = 8
max_connections = 100
ssl = on
"""


def binary(name: str) -> str:
    """Return the path of a PostgreSQL executable."""
    found = shutil.which(name)
    if found is None:
        folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
        found = next((str(folder / name) for folder in folders if (folder / name).exists()), None)
    if found is None:
        raise FileNotFoundError(f"{name} is neither on PATH nor under /usr/lib/postgresql")
    return found


@dataclass(frozen=True)
class Server:
    """A local server with a certificate for `localhost`, signed by its own `ca.pem`."""

    folder: Path
    port: int
    host: str = "127.0.0.1"

    @property
    def roots(self) -> Path:
        """The folder with the CA certificate of this server."""
        return self.folder / "roots"

    def run(self, sql: str, dbname: str = "postgres") -> list[list[object]]:
        """Run `sql` as the superuser."""
        with closing(self.connect(dbname)) as connection:
            return list(connection.run(sql) or [])

    def connect(
        self, dbname: str = "postgres", user: str = "postgres", password: str = PASSWORD
    ) -> pg8000.native.Connection:
        """Open a session, which the caller closes."""
        return pg8000.native.Connection(
            user, host=self.host, port=self.port, database=dbname, password=password, timeout=30, ssl_context=False
        )

    def control(self, *action: str) -> None:
        """Run `pg_ctl`."""
        _as_postgres([binary("pg_ctl"), *action, "-D", str(self.folder / "data")])

    def stop(self) -> None:
        """Stop the server and delete its files."""
        self.control("stop", "-m", "immediate")
        shutil.rmtree(self.folder, ignore_errors=True)


def start(host: str = "127.0.0.1", *certified_hosts: str, authority: Path | None = None) -> Server:
    """Create and start a server on a free port of `host`; its certificate also has the hosts `certified_hosts`.

    `authority` is a folder with `ca.pem` and `ca.key`, which sign the certificate in place of an authority of its own.
    """
    folder = Path(tempfile.mkdtemp(prefix="paymig-postgres-"))
    (folder / "password").write_text(PASSWORD)
    create_certificates(folder, certified_hosts, authority)
    if os.geteuid() == 0:
        for path in [folder, *folder.rglob("*")]:
            shutil.chown(path, "postgres", "postgres")
    data = folder / "data"
    _as_postgres(
        [
            *(binary("initdb"), "-D", str(data), "-U", "postgres", "-A", "scram-sha-256", "--no-sync"),
            *("--pwfile", str(folder / "password"), "-E", "UTF8", "--locale=C.UTF-8"),
        ]
    )
    port = _free_port(host)
    with (data / "postgresql.conf").open("a") as settings:
        settings.write(_SETTINGS)
        settings.write(f"listen_addresses = '{host}'\nport = {port}\nunix_socket_directories = '{folder}'\n")
        settings.write(f"ssl_cert_file = '{folder}/server.pem'\nssl_key_file = '{folder}/server.key'\n")
    server = Server(folder, port, host)
    server.control("start", "-w", "-l", str(folder / "log"))
    return server


def start_standby(primary: Server, host: str) -> Server:
    """Start a standby of `primary` at `host`, on the same port, with the same certificate."""
    folder = Path(tempfile.mkdtemp(prefix="paymig-postgres-"))
    for part in ("roots", "server.pem", "server.key"):
        subprocess.run(["cp", "-a", str(primary.folder / part), str(folder)], check=True)
    data = folder / "data"
    if os.geteuid() == 0:
        for path in [folder, *folder.rglob("*")]:
            shutil.chown(path, "postgres", "postgres")
    connection = f"host={primary.host} port={primary.port} user=postgres password={PASSWORD} sslmode=disable"
    _as_postgres([binary("pg_basebackup"), "-D", str(data), "-R", "-c", "fast", "-d", connection])
    with (data / "postgresql.conf").open("a") as settings:
        settings.write(f"listen_addresses = '{host}'\nunix_socket_directories = '{folder}'\n")
        settings.write(f"ssl_cert_file = '{folder}/server.pem'\nssl_key_file = '{folder}/server.key'\n")
    standby = Server(folder, primary.port, host)
    standby.control("start", "-w", "-l", str(folder / "log"))
    return standby


def _as_postgres(command: list[str]) -> None:
    # PostgreSQL's executables refuse to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    result = subprocess.run(
        command, user=user, group=user, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
    )
    if result.returncode:
        raise RuntimeError(f"{command[0]} failed: {result.stderr}")


def create_certificates(folder: Path, hosts: tuple[str, ...] = (), authority: Path | None = None) -> None:
    """Create `server.pem` and `server.key` for `localhost` and `hosts`, and the authority's `roots/ca.pem`."""
    roots = folder / "roots"
    roots.mkdir()

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    if authority is None:
        subject = "/CN=paymig test authority"
        openssl(
            *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", subject),
            *("-keyout", "ca.key", "-out", "roots/ca.pem"),
        )
    else:
        shutil.copy(authority / "ca.key", folder)
        shutil.copy(authority / "ca.pem", roots)
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "s.csr")
    names = ["DNS:localhost", *(f"{'IP' if _is_address(host) else 'DNS'}:{host}" for host in hosts)]
    (folder / "names").write_text(f"subjectAltName={','.join(names)}\n")
    openssl(
        *("x509", "-req", "-in", "s.csr", "-CA", "roots/ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2"),
        *("-extfile", "names", "-out", "server.pem"),
    )
    (folder / "server.key").chmod(0o600)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _free_port(host: str) -> int:
    with closing(socket.socket()) as listener:
        listener.bind((host, 0))
        return int(listener.getsockname()[1])
