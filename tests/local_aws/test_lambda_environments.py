"""Functions run from their deployment package in execution environments that are reused."""

import io
import json
import zipfile
from typing import Any
from urllib.request import Request, urlopen

import pytest

from local_aws.conftest import Client

_PROGRAM = """
import os, socket
calls = 0

def handle(event, context):
    global calls
    calls += 1
    print("a line on standard output")
    match event:
        case {"exit": status}:
            os._exit(status)
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


def test_host_is_resolved_to_the_address_of_a_test_server(server: str, client: Client, functions: Any) -> None:
    account = client("sts").get_caller_identity()["Account"]
    addresses = {"db.corp.example.com:5432": {"host": "127.0.0.1", "port": 5433}}
    url, headers = f"{server}/moto-api/dms-faults?account={account}", {"Content-Type": "application/json"}
    urlopen(Request(url, json.dumps({"addresses": addresses}).encode(), headers, method="PUT")).close()
    assert invoke(functions, resolve="db.corp.example.com", port=5432) == ["127.0.0.1", 5433]
    assert invoke(functions, resolve="127.0.0.1", port=5432) == ["127.0.0.1", 5432]
