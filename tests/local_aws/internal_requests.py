"""Requests to the paths of the local AWS that AWS does not have, such as `/moto-api/dms-faults`."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.request import Request, urlopen


def request(server: str, method: str, path: str, value: Mapping[str, Any] | None = None) -> Any:
    """Send `value` to `/moto-api/PATH` of the server with this URL, and return the response."""
    body = None if value is None else json.dumps(value).encode()
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(f"{server}/moto-api/{path}", body, headers, method=method)) as response:
        return json.load(response)
