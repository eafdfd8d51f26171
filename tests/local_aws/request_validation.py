"""Validation of every request against the service models of AWS, which both SDKs do only in part.

AWS rejects a request that violates the model of its service. moto accepts most of them, and the Go SDK checks only
required members. The record of `/moto-api/requests` makes a test fail even if a client ignores the error.
"""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

from flask import Response, current_app
from flask import request as flask_request
from moto.core.exceptions import ServiceException
from moto.core.request import Request, normalize_request
from moto.core.serialize import get_serializer_class
from moto.core.utils import convert_to_flask_response, service_name_from_moto_package_name
from moto.moto_api._internal.urls import url_paths
from werkzeug.exceptions import NotFound

from local_aws.model_exemptions import is_exempt
from local_aws.patching import Method, wrap
from local_aws.request_constraints import violations
from local_aws.request_parsing import ParsedRequest, parse

RECORD_PATH = "/moto-api/requests"

# The services of moto that are not APIs of AWS.
INTERNAL_SERVICES = ("moto_api", "instance_metadata")

# The path to which a custom resource of CloudFormation sends its response: a presigned URL of S3 in AWS.
CUSTOM_RESOURCE_RESPONSE = "/cfnresponse"

# Packages of moto whose names are not those of botocore. Classic Load Balancers share an endpoint with elbv2.
SERVICES = {"awslambda": "lambda", "awslambda_simple": "lambda", "elb": "elbv2"}

# The path of API Gateway v2, which shares the endpoint of API Gateway.
API_GATEWAY_V2_PATH = "/v2/"

# The error code by protocol: that of the services in general, which many services replace by a code of their own.
ERROR_CODES = {
    "ec2": "InvalidParameterValue",
    "query": "ValidationError",
    "json": "ValidationException",
    "rest-json": "ValidationException",
    "rest-xml": "InvalidInput",
}


class InvalidRequest(ServiceException):
    """An error of the service; moto derives the service of an error class from its module."""


class RequestRecord:
    """The number of requests by operation, and the invalid ones."""

    def __init__(self) -> None:
        """Begin without a request."""
        self._lock = threading.Lock()
        self._validated: Counter[str] = Counter()
        self._invalid: list[dict[str, Any]] = []

    def add(self, operation: str, reasons: list[str]) -> None:
        """Record a request, which is invalid if there are reasons."""
        with self._lock:
            self._validated[operation] += 1
            if reasons:
                self._invalid.append({"operation": operation, "reasons": reasons})

    def to_json(self) -> str:
        """Return the record for tests."""
        with self._lock:
            return json.dumps(
                {
                    "validated": self._validated.total(),
                    "operations": dict(sorted(self._validated.items())),
                    "invalid": self._invalid,
                }
            )


RECORD = RequestRecord()


@wrap(convert_to_flask_response, "__call__")
def validate_request(original: Method, self: Any, *args: Any, **kwargs: Any) -> Any:
    """Respond to an invalid request with status 400, in the protocol of the service."""
    package = current_app.service  # type: ignore[attr-defined]
    if package in INTERNAL_SERVICES or flask_request.path.endswith(CUSTOM_RESOURCE_RESPONSE):
        return original(self, *args, **kwargs)
    service = service_of(package, flask_request.path)
    request = normalize_request(flask_request)  # type: ignore[arg-type]
    try:
        parsed = parse(service, request)
    except (NotFound, NotImplementedError):
        target = request.headers.get("X-Amz-Target", f"{request.method} {request.path}")
        RECORD.add(f"{service}:{target}", ["the service has no such operation, or not in this protocol"])
        return original(self, *args, **kwargs)
    reasons = list(reasons_of_rejection(service, parsed))
    RECORD.add(f"{service}:{parsed.operation.name}", reasons)
    return rejection(service, parsed, reasons) if reasons else original(self, *args, **kwargs)


def service_of(package: str, path: str) -> str:
    """Return botocore's name of a service that moto implements in `package`."""
    if package == "apigateway" and path.startswith(API_GATEWAY_V2_PATH):
        return "apigatewayv2"
    return SERVICES.get(package) or service_name_from_moto_package_name(package)


def reasons_of_rejection(service: str, parsed: ParsedRequest) -> Iterator[str]:
    """Yield an error message for each violation."""
    yield from parsed.errors
    shape = parsed.operation.input_shape
    if shape is not None and not parsed.errors:
        found = violations(parsed.input, shape)
        yield from (violation.message for violation in found if not is_exempt(service, violation))


def rejection(service: str, parsed: ParsedRequest, reasons: list[str]) -> Response:
    """Return the error of AWS."""
    noun = "error" if len(reasons) == 1 else "errors"
    message = f"{len(reasons)} validation {noun} detected: {'; '.join(reasons)}"
    serializer = get_serializer_class(service, parsed.protocol)(parsed.operation)
    error = serializer.serialize(InvalidRequest(ERROR_CODES[parsed.protocol], message))
    return Response(error["body"], status=error["status_code"], headers=dict(error["headers"]))


def record(request: Request, *_: Any) -> tuple[int, dict[str, str], str]:
    """Return the record of this server."""
    del request
    return 200, {"Content-Type": "application/json"}, RECORD.to_json()


INTERNAL_PATHS: dict[str, Any] = url_paths
INTERNAL_PATHS["{0}" + RECORD_PATH] = record
