"""DMS faults: throttled and refused calls, and the path with which a test sets the faults of a server process.

`PUT /moto-api/dms-faults` sets those of its JSON body, `DELETE` removes all, and `GET` returns the present ones. The
parameters `account` and `region` select the backend.
"""

import dataclasses
import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from moto.core.request import Request
from moto.dms.models import dms_backends
from moto.dms.responses import DatabaseMigrationServiceResponse
from moto.moto_api._internal.urls import url_paths

from local_aws.dms_data_plane.faults import Faults
from local_aws.patching import Method, wrap

PATH = "/moto-api/dms-faults"
_ACCOUNT, _REGION = "123456789012", "us-east-1"
_JSON = {"Content-Type": "application/json"}


def faults_of(backend: Any) -> Faults:
    """Return the faults of an account and a Region; a reset of moto removes them."""
    faults: Faults = backend.__dict__.setdefault("faults", Faults())
    return faults


@wrap(DatabaseMigrationServiceResponse, "call_action")
def throttle_or_refuse(original: Method, self: Any) -> Any:
    """Return a fault in place of the next calls of an operation, as a test requests."""
    faults, operation = faults_of(self.dms_backend), self._get_action()
    if faults.consume(faults.throttled, operation):
        return _error("ThrottlingException", "Rate exceeded")
    if faults.consume(faults.refused, operation):
        return _error("InvalidResourceStateFault", f"{operation} is refused by a test")
    return original(self)


def _error(code: str, message: str) -> tuple[int, dict[str, str], str]:
    return 400, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps({"__type": code, "message": message})


def serve_faults(request: Request, full_url: str, *_: Any) -> tuple[int, dict[str, str], str]:
    """Read, set or remove the faults of an account and a Region."""
    query = dict(parse_qsl(urlsplit(full_url).query))
    backend: Any = dms_backends[query.get("account", _ACCOUNT)][query.get("region", _REGION)]
    if request.method == "DELETE":
        faults_of(backend).reset()
    elif request.method == "PUT":
        try:
            faults_of(backend).update(json.loads(request.data))
        except ValueError as error:
            return 400, _JSON, json.dumps({"message": str(error)})
    return 200, _JSON, json.dumps(dataclasses.asdict(faults_of(backend)))


INTERNAL_PATHS: dict[str, Any] = url_paths
INTERNAL_PATHS["{0}" + PATH] = serve_faults
