"""Functions run from their deployment package in execution environments that are reused."""

import io
import json
import socket
import ssl
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from local_aws.conftest import Client
from local_aws.internal_requests import request
from support import postgres

_PROGRAM = """
import os, socket, ssl
calls = 0

def handle(event, context):
    global calls
    calls += 1
    print("a line on standard output")
    match event:
        case {"exit": status}:
            os._exit(status)
        case {"connect": host, "port": port, "trust": authority}:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.load_verify_locations(authority)
            with socket.create_connection((host, port)) as connection:
                return context.wrap_socket(connection, server_hostname=host).version()
        case {"resolve": host, "port": port}:
            return socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)[0][4]
    return {"calls": calls, "variable": os.environ.get("VARIABLE")}
"""


def package(program: str) -> bytes:
    """Return a deployment package with one module."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("program.py", program)
    return content.getvalue()


@pytest.fixture
def functions(client: Client) -> Any:
    """A client of Lambda in an account with the function `test`."""
    trust = {"Version": "2012-10-17", "Statement": []}
    role = client("iam").create_role(RoleName="test", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    functions = client("lambda")
    functions.create_function(
        FunctionName="test",
        Runtime="python3.13",
        Role=role,
        Handler="program.handle",
        Code={"ZipFile": package(_PROGRAM)},
        Environment={"Variables": {"VARIABLE": "first"}},
    )
    return functions


def invoke(functions: Any, **event: object) -> Any:
    """Return the result of an invocation."""
    return json.load(functions.invoke(FunctionName="test", Payload=json.dumps(event))["Payload"])


def test_environment_is_reused(functions: Any) -> None:
    assert [invoke(functions)["calls"] for _ in range(3)] == [1, 2, 3]


def test_changed_function_has_a_new_environment(functions: Any) -> None:
    assert invoke(functions) == {"calls": 1, "variable": "first"}
    functions.update_function_configuration(FunctionName="test", Environment={"Variables": {"VARIABLE": "second"}})
    assert invoke(functions) == {"calls": 1, "variable": "second"}


def test_exited_process_is_replaced(functions: Any) -> None:
    assert invoke(functions, exit=7) == {"errorType": "Runtime.ExitError", "errorMessage": "exit status 7"}
    assert invoke(functions)["calls"] == 1


def set_addresses(server: str, client: Client, **addresses: object) -> None:
    """Set the address of `db.corp.example.com:5432`."""
    account = client("sts").get_caller_identity()["Account"]
    faults = {"addresses": {"db.corp.example.com:5432": addresses}}
    request(server, "PUT", f"dms-faults?account={account}", faults)


def test_host_is_resolved_to_the_address_of_a_test_server(server: str, client: Client, functions: Any) -> None:
    set_addresses(server, client, host="127.0.0.1", port=5433)
    assert invoke(functions, resolve="db.corp.example.com", port=5432) == ["127.0.0.1", 5433]
    assert invoke(functions, resolve="127.0.0.1", port=5432) == ["127.0.0.1", 5432]


@contextmanager
def tls_server(certificates: Path) -> Iterator[int]:
    """Run a server that completes TLS handshakes; return its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "server.pem", certificates / "server.key")
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with suppress(OSError), connection:
                        context.wrap_socket(connection, server_side=True)

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


def test_functions_trust_the_authority_of_an_address(
    server: str, client: Client, functions: Any, tmp_path: Path
) -> None:
    for name in ("server", "other"):
        (tmp_path / name).mkdir()
        postgres.create_certificates(tmp_path / name, ("db.corp.example.com",))
    with tls_server(tmp_path / "server") as port:
        event = {"connect": "db.corp.example.com", "port": 5432, "trust": str(tmp_path / "other/roots/ca.pem")}
        set_addresses(server, client, host="127.0.0.1", port=port)
        assert invoke(functions, **event)["errorType"] == "SSLCertVerificationError"
        authority = (tmp_path / "server/roots/ca.pem").read_text()
        set_addresses(server, client, host="127.0.0.1", port=port, authority=authority)
        assert str(invoke(functions, **event)).startswith("TLS")


def test_functions_verify_the_host_of_a_test_server(
    server: str, client: Client, functions: Any, tmp_path: Path
) -> None:
    postgres.create_certificates(tmp_path, ("other.corp.example.com",))
    with tls_server(tmp_path) as port:
        set_addresses(server, client, host="127.0.0.1", port=port)
        event = {"connect": "db.corp.example.com", "port": 5432, "trust": str(tmp_path / "roots/ca.pem")}
        assert "db.corp.example.com" in invoke(functions, **event)["errorMessage"]
