"""`python lambda_runtime.py HANDLER NETWORK`: an execution environment of Lambda.

It reads an event from each line of stdin and writes the result as a line to stdout. NETWORK is a JSON object: the
addresses of test servers by the `host:port` of databases in AWS or in a datacenter, and the authorities that signed the
certificates of the clusters in AWS.
"""

import importlib
import json
import os
import shutil
import socket
import ssl
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any


def call(handler: str, event: Any) -> dict[str, Any]:
    """Call `package.module.function`; return its result or its exception in the format of Lambda."""
    module, _, function = handler.rpartition(".")
    context = SimpleNamespace(
        aws_request_id="00000000-0000-0000-0000-000000000000", get_remaining_time_in_millis=lambda: 900_000
    )
    try:
        return {"result": getattr(importlib.import_module(module.replace("/", ".")), function)(event, context)}
    except Exception as error:
        traceback.print_exc()
        return {"errorType": type(error).__name__, "errorMessage": str(error)}


def route(addresses: Mapping[str, tuple[str, int]]) -> None:
    """Let connections to the servers of `addresses` reach their test servers; the driver still verifies the host."""
    resolve = socket.getaddrinfo

    def resolve_test_server(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
        return resolve(*addresses.get(f"{host}:{port}", (host, port)), *arguments, **options)

    socket.getaddrinfo = resolve_test_server


def trust(authorities: str) -> None:
    """Trust the certificates in PEM wherever a program trusts a file, such as that with the authorities of RDS."""
    load = ssl.SSLContext.load_verify_locations

    def load_with_authorities(context: ssl.SSLContext, *arguments: Any, **options: Any) -> None:
        load(context, *arguments, **options)
        load(context, cadata=authorities)

    ssl.SSLContext.load_verify_locations = load_with_authorities  # type: ignore[method-assign,assignment]


def serve(handler: str) -> None:
    """Serve invocations until stdin ends. What the function prints goes to stderr."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "w") as results:
        sys.stdout = sys.stderr
        for event in sys.stdin:
            results.write(f"{json.dumps(call(handler, json.loads(event)))}\n")
            results.flush()


if __name__ == "__main__":
    sys.path[0] = str(Path.cwd())
    network = json.loads(sys.argv[2])
    route({server: (address["host"], address["port"]) for server, address in network["addresses"].items()})
    if network["authorities"]:
        trust(network["authorities"])
    serve(sys.argv[1])
    shutil.rmtree(Path.cwd())  # the server has ended
