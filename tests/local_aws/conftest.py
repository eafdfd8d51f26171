"""Fixtures: one server for the session, and an account of its own for each test."""

import itertools
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import boto3
import pytest
from botocore.config import Config

from local_aws.parameter_validation import EVENT, validate_parameters

TESTS = Path(__file__).parents[1]

READY_TIMEOUT_SECONDS = 90.0

Client = Callable[..., Any]

# An account for each test is faster than a reset of the server.
ACCOUNTS = itertools.count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a running server."""
    port = _free_port()
    environment = {**os.environ, "PYTHONPATH": str(TESTS), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "local_aws", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_until_ready(process, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


@pytest.fixture(scope="session")
def session() -> Any:
    """The session of all clients, which loads each service model once."""
    return boto3.Session()


@pytest.fixture
def client(server: str, session: Any) -> Client:
    """A function that returns a client of a service in an empty account. The client validates nothing itself."""
    account = f"{next(ACCOUNTS):012d}"

    def use_account(params: dict[str, Any], **_: Any) -> None:
        params["headers"]["x-moto-account-id"] = account

    def connect(service: str, region: str = "us-east-1") -> Any:
        client = session.client(
            service,
            region_name=region,
            endpoint_url=server,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(parameter_validation=False, retries={"max_attempts": 0}),
        )
        client.meta.events.register("before-call", use_account)
        client.meta.events.unregister(EVENT, validate_parameters)  # the server validates requests itself
        return client

    return connect


@pytest.fixture
def request_record(server: str) -> Callable[[], dict[str, Any]]:
    """A function that returns the record of the server's requests."""

    def read() -> dict[str, Any]:
        record: dict[str, Any] = json.load(urlopen(f"{server}/moto-api/requests"))
        return record

    return read


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the local AWS exited with {process.returncode}")
        with socket.socket() as connection:
            if connection.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"the local AWS accepted no connection within {READY_TIMEOUT_SECONDS} s")
