#!/usr/bin/python3
"""Answer health checks of a load balancer until a payment service is deployed.

The load balancer gets 200 from LIVENESS_PATH, so a new group becomes healthy. HEALTH_PATH returns 200 while this
instance reaches the database that takes writes: the connection is proven before the first deployment. Requests that
come through the load balancer get 503, health checks of Route 53 included: DNS must send no payments here.

Environment:
- PORT, HEALTH_PATH, LIVENESS_PATH, and the PEM files CERTIFICATE and CERTIFICATE_KEY;
- TARGET_DATABASE (`host:port`), if there is a database;
- SOURCE_DATABASES (`host:port`, comma-separated), if that database is filled from others; then also PARAMETER_PREFIX
  (`/writer` below it names the writer) and PARAMETER_REGION (the region of Parameter Store).

Requires Python 3.9 and the AWS CLI, both part of Amazon Linux 2023.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

INTERVAL = 10.0
"""Seconds between two checks."""

WRITER_TTL = 60.0
"""Seconds that the last known writer is used while Parameter Store does not respond."""

REACHABLE_TTL = 900.0
"""Seconds between two probes of a reachable database. MySQL counts connections that end before their login, and blocks
the host after a hundred of them (`max_connect_errors`)."""

CONNECT_TIMEOUT = 3.0
"""Seconds of a connection to a database."""

REQUEST_TIMEOUT = 5.0
"""Seconds of a request."""

AWS = "/usr/bin/aws"
"""The AWS CLI."""


class InvalidSettings(Exception):
    """An environment variable is missing or invalid."""


@dataclass(frozen=True)
class Address:
    """Address of a database."""

    host: str
    port: int

    def __str__(self) -> str:
        """Return `host:port`."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Parameter:
    """Parameter in Parameter Store of one region."""

    region: str
    name: str


@dataclass(frozen=True)
class Settings:
    """Settings from the environment."""

    port: int
    health_path: str
    liveness_path: str
    certificate: str
    key: str
    writer: Parameter | None
    """The parameter that names the writer; None if the writer cannot change."""
    databases: Mapping[str, tuple[Address, ...]]
    """The databases by the value of that parameter; empty without a database."""


def parse_settings(variables: Mapping[str, str]) -> Settings:
    """Return the settings of the environment."""

    def required(name: str) -> str:
        if not variables.get(name):
            raise InvalidSettings(f"{name} is not set")
        return variables[name]

    target, sources = variables.get("TARGET_DATABASE"), variables.get("SOURCE_DATABASES")
    databases: dict[str, tuple[Address, ...]] = {"target": (parse_address(target),)} if target else {}
    if sources:
        databases["source"] = tuple(parse_address(text) for text in sources.split(","))
    return Settings(
        int(required("PORT")),
        required("HEALTH_PATH"),
        required("LIVENESS_PATH"),
        required("CERTIFICATE"),
        required("CERTIFICATE_KEY"),
        Parameter(required("PARAMETER_REGION"), f"{required('PARAMETER_PREFIX')}/writer") if sources else None,
        databases,
    )


def parse_address(text: str) -> Address:
    """Return the address in `host:port`."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise InvalidSettings(f"{text} is not host:port")
    return Address(host, int(port))


@dataclass
class DatabaseProbe:
    """Checks whether this instance reaches the database that takes writes."""

    settings: Settings
    read: Callable[[Parameter], str]
    """Returns the value of a parameter; raises OSError without a response."""
    reaches: Callable[[Address], bool]
    clock: Callable[[], float]
    _writer: tuple[str, float] | None = field(default=None, init=False)
    _reachable_since: dict[Address, float] = field(default_factory=dict, init=False)

    def check(self) -> str | None:
        """Return the reason that the instance is unhealthy, None if it is healthy."""
        if not self.settings.databases:
            return None
        writer = self._current_writer()
        if writer is None:
            return "the writer is unknown"
        databases = self.settings.databases.get(writer)
        if databases is None:
            return f"no database takes writes: the writer is {writer}"
        for database in databases:
            if not self._is_reachable(database):
                return f"{database} cannot be reached"
        return None

    def _current_writer(self) -> str | None:
        if self.settings.writer is None:
            return "target"
        now = self.clock()
        try:
            self._writer = (self.read(self.settings.writer), now)
        except OSError:
            if self._writer is not None and now - self._writer[1] > WRITER_TTL:
                self._writer = None
        return self._writer[0] if self._writer else None

    def _is_reachable(self, database: Address) -> bool:
        now = self.clock()
        since = self._reachable_since.get(database)
        if since is not None and now - since < REACHABLE_TTL:
            return True
        self._reachable_since.pop(database, None)
        if not self.reaches(database):
            return False
        self._reachable_since[database] = now
        return True


def read_parameter(parameter: Parameter) -> str:
    """Return the value of a parameter from the AWS CLI, which renews the instance's credentials."""
    command = [AWS, "ssm", "get-parameter", "--region", parameter.region, "--name", parameter.name]
    command += ["--query", "Parameter.Value", "--output", "text"]
    try:
        result = subprocess.run(command, capture_output=True, check=True, text=True, timeout=INTERVAL)
    except subprocess.SubprocessError as error:
        raise OSError("Parameter Store does not respond") from error
    return result.stdout.strip()


def can_reach(database: Address) -> bool:
    """Return whether the database accepts a connection; no login is made."""
    try:
        socket.create_connection((database.host, database.port), CONNECT_TIMEOUT).close()
    except OSError:
        return False
    return True


class Server(ThreadingHTTPServer):
    """HTTPS server. `reason` is why the instance is unhealthy, None while it is healthy."""

    def __init__(self, settings: Settings, reason: str | None = "the first check has not finished") -> None:
        """Bind the port."""
        self.settings, self.reason = settings, reason
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_2
        self._tls.load_cert_chain(settings.certificate, settings.key)
        super().__init__(("", settings.port), Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Perform the TLS handshake in the thread of the connection, so that a slow client blocks no other."""
        request.settimeout(REQUEST_TIMEOUT)
        with self._tls.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log nothing about clients that disconnect."""


class Handler(BaseHTTPRequestHandler):
    """Handler of one request."""

    server: Server
    timeout = REQUEST_TIMEOUT
    server_version, sys_version = "payment-health", ""

    def respond(self) -> None:
        """Return the health to the load balancer, and 503 to every forwarded request."""
        path, settings = self.path.partition("?")[0], self.server.settings
        reason: str | None = "no payment service is deployed yet"
        if "X-Forwarded-For" not in self.headers:
            if path == settings.liveness_path:
                reason = None
            elif path == settings.health_path:
                reason = self.server.reason
        status = HTTPStatus.SERVICE_UNAVAILABLE if reason else HTTPStatus.OK
        body = json.dumps({"status": reason or "ok"}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_DELETE = do_GET = do_HEAD = do_OPTIONS = do_PATCH = do_POST = do_PUT = respond

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing about single requests: changes of the health are logged."""


def log(event: str, **fields: str) -> None:
    """Write one line of JSON."""
    sys.stdout.write(json.dumps({"event": event, **fields}) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve requests and repeat the check. An error ends the process, and systemd restarts it."""
    settings = parse_settings(os.environ)
    probe = DatabaseProbe(settings, read_parameter, can_reach, time.monotonic)
    server = Server(settings)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while True:
        reason = probe.check()
        if reason != server.reason:
            log("unhealthy", reason=reason) if reason else log("healthy")
        server.reason = reason
        time.sleep(INTERVAL)


if __name__ == "__main__":
    main()
