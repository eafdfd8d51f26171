#!/usr/bin/python3
"""Answer health checks of a load balancer until a payment service is deployed.

The load balancer gets 200 while this instance reaches the database that takes writes. So a new group becomes healthy,
and its connection to the database is proven before the first deployment. Requests that come through the load balancer
get 503, health checks of Route 53 included: DNS must send no payments here.

Environment:
- PORT, HEALTH_PATH, and the PEM files CERTIFICATE and CERTIFICATE_KEY;
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

EVERY = 10.0
"""Seconds between two looks at what takes writes."""

KEPT = 60.0
"""Seconds that what took writes is believed while Parameter Store does not answer."""

REACHED = 900.0
"""Seconds that a database is believed to be in reach. MySQL counts every connection that ends before its login, and
after a hundred of them (`max_connect_errors`) shuts the machine out that made them."""

TIMEOUT = 3.0
"""Seconds that a connection to a database may take."""

ANSWER = 5.0
"""Seconds that a caller may take to ask."""


AWS = "/usr/bin/aws"
"""The AWS CLI."""


class InvalidSettings(Exception):
    """The environment lacks something, or holds what cannot be."""


@dataclass(frozen=True)
class Address:
    """Where a database listens."""

    host: str
    port: int

    def __str__(self) -> str:
        """As it is written."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Parameter:
    """What Parameter Store keeps, in one region."""

    region: str
    name: str


@dataclass(frozen=True)
class Settings:
    """What the environment says."""

    port: int
    health_path: str
    certificate: str
    key: str
    writer: Parameter | None
    """The parameter that names what takes writes; None where that cannot change."""
    databases: Mapping[str, tuple[Address, ...]]
    """The databases that take writes, by what the parameter says. None of them: there is no database to reach."""


def parse_settings(variables: Mapping[str, str]) -> Settings:
    """Read the environment."""

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
        required("CERTIFICATE"),
        required("CERTIFICATE_KEY"),
        Parameter(required("PARAMETER_REGION"), f"{required('PARAMETER_PREFIX')}/writer") if sources else None,
        databases,
    )


def parse_address(text: str) -> Address:
    """Read `host:port`."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise InvalidSettings(f"{text} is not host:port")
    return Address(host, int(port))


@dataclass
class Watch:
    """Looks whether this machine reaches the database that takes writes."""

    settings: Settings
    read: Callable[[Parameter], str]
    """Gives the value of a parameter; OSError where nobody answers."""
    reaches: Callable[[Address], bool]
    clock: Callable[[], float]
    _writer: tuple[str, float] | None = field(default=None, init=False)
    _reached: dict[Address, float] = field(default_factory=dict, init=False)

    def look(self) -> str | None:
        """Tell what is wrong; None where nothing is."""
        if not self.settings.databases:
            return None
        writer = self._current()
        if writer is None:
            return "what takes writes is not known"
        databases = self.settings.databases.get(writer)
        if databases is None:
            return f"no database takes writes: the writer is {writer}"
        for database in databases:
            if not self._reach(database):
                return f"{database} cannot be reached"
        return None

    def _current(self) -> str | None:
        if self.settings.writer is None:
            return "target"
        now = self.clock()
        try:
            self._writer = (self.read(self.settings.writer), now)
        except OSError:
            if self._writer is not None and now - self._writer[1] > KEPT:
                self._writer = None
        return self._writer[0] if self._writer else None

    def _reach(self, database: Address) -> bool:
        now = self.clock()
        reached = self._reached.get(database)
        if reached is not None and now - reached < REACHED:
            return True
        self._reached.pop(database, None)
        if not self.reaches(database):
            return False
        self._reached[database] = now
        return True


def read_parameter(parameter: Parameter) -> str:
    """Give the value of a parameter, by the AWS CLI: it signs, and renews the machine's credentials."""
    command = [AWS, "ssm", "get-parameter", "--region", parameter.region, "--name", parameter.name]
    command += ["--query", "Parameter.Value", "--output", "text"]
    try:
        answer = subprocess.run(command, capture_output=True, check=True, text=True, timeout=EVERY)
    except subprocess.SubprocessError as fault:
        raise OSError("Parameter Store does not answer") from fault
    return answer.stdout.strip()


def can_reach(database: Address) -> bool:
    """Whether a connection to the database can be made; it is not logged in to."""
    try:
        socket.create_connection((database.host, database.port), TIMEOUT).close()
    except OSError:
        return False
    return True


class Server(ThreadingHTTPServer):
    """Answers over TLS. `fault` is what is wrong now."""

    def __init__(self, settings: Settings, fault: str | None = "nobody has looked yet") -> None:
        """Listen on the port."""
        self.settings, self.fault = settings, fault
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_2
        self._tls.load_cert_chain(settings.certificate, settings.key)
        super().__init__(("", settings.port), Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands in the connection's own thread, so that a slow caller holds up nobody."""
        request.settimeout(ANSWER)
        with self._tls.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of callers that break off."""


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Server
    timeout = ANSWER
    server_version, sys_version = "payment-health", ""

    def answer(self) -> None:
        """Tell the load balancer how things are, and everybody behind it that there is no payment service."""
        through = "X-Forwarded-For" in self.headers
        asked = self.path.partition("?")[0] == self.server.settings.health_path
        fault = "no payment service is deployed yet" if through or not asked else self.server.fault
        status = HTTPStatus.SERVICE_UNAVAILABLE if fault else HTTPStatus.OK
        body = json.dumps({"status": fault or "ok"}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_DELETE = do_GET = do_HEAD = do_OPTIONS = do_PATCH = do_POST = do_PUT = answer

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of single requests: what changes is logged."""


def log(event: str, **fields: str) -> None:
    """Write one JSON object as a line."""
    sys.stdout.write(json.dumps({"event": event, **fields}) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve, and keep looking. Whatever ends this ends the process, which systemd then starts anew."""
    settings = parse_settings(os.environ)
    watch = Watch(settings, read_parameter, can_reach, time.monotonic)
    server = Server(settings)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while True:
        fault = watch.look()
        if fault != server.fault:
            log("unhealthy", reason=fault) if fault else log("healthy")
        server.fault = fault
        time.sleep(EVERY)


if __name__ == "__main__":
    main()
