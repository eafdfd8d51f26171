"""The clients of boto3, by their type stubs and the models of botocore."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distributions

from botocore import xform_name
from botocore.model import ServiceModel
from botocore.session import Session
from mypy.nodes import TypeInfo

BY_NAME = ("generate_presigned_url", "get_paginator", "get_waiter")
"""The client methods whose first argument names the method to call."""

ABSENT = "exceptions.NoSuchKey"
"""Code that handles this error also needs to learn from S3 that an object does not exist."""

_WITHOUT_CALL = ("can_paginate", "close", "exceptions", "meta")
_CLIENT = re.compile(r"mypy_boto3_(\w+)\.client\.\w+Client")
_STUBS = re.compile(r"mypy[-_]boto3[-_](.+)")


@dataclass(frozen=True, order=True)
class Call:
    """A client's method: `Call("s3", "put_object")`."""

    service: str
    method: str


def service_of(info: TypeInfo) -> str | None:
    """Return the boto3 service name of a client class, or None for any other class."""
    found = _CLIENT.fullmatch(info.fullname)
    return found[1].replace("_", "-") if found else None


def makes_no_call(method: str) -> bool:
    """Return whether a client member calls no API."""
    return method in _WITHOUT_CALL


def is_operation(method: str, service: str | None = None) -> bool:
    """Return whether a service, or any service with installed stubs, has a method of this name."""
    services = _services_with_stubs() if service is None else (service,)
    return any(method in operations(service) for service in services)


def method_called_by_name(service: str, by: str, name: str) -> str:
    """Return the method that one of `BY_NAME` calls for this name."""
    if by != "get_waiter":
        return name
    waiters = _session().get_waiter_model(service)
    operation = {xform_name(each): waiters.get_waiter(each).operation for each in waiters.waiter_names}[name]
    return str(xform_name(operation))


@cache
def operations(service: str) -> dict[str, str]:
    """Return the API operations of a service by client method."""
    return {xform_name(name): name for name in model(service).operation_names}


@cache
def model(service: str) -> ServiceModel:
    """Return the service model of botocore."""
    return _session().get_service_model(service)


@cache
def _session() -> Session:
    return Session()


@cache
def _services_with_stubs() -> tuple[str, ...]:
    found = (_STUBS.fullmatch(distribution.name) for distribution in distributions())
    return tuple(sorted({match[1].replace("_", "-") for match in found if match}))
