"""The clients of boto3, as their stubs and botocore's models tell of them."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distributions

from botocore import xform_name
from botocore.model import ServiceModel
from botocore.session import Session
from mypy.nodes import TypeInfo

BY_NAME = ("generate_presigned_url", "get_paginator", "get_waiter")
"""The methods that are told by a text what to call."""

ABSENT = "exceptions.NoSuchKey"
"""Who goes by this error asks S3 for more than the object: whether there is one."""

_ASIDE = ("can_paginate", "close", "exceptions", "meta")
_CLIENT = re.compile(r"mypy_boto3_(\w+)\.client\.\w+Client")
_STUBS = re.compile(r"mypy[-_]boto3[-_](.+)")


@dataclass(frozen=True, order=True)
class Call:
    """A client's method: `Call("s3", "put_object")`."""

    service: str
    method: str


def service_of(info: TypeInfo) -> str | None:
    """The service whose client a class is, as boto3 calls it."""
    found = _CLIENT.fullmatch(info.fullname)
    return found[1].replace("_", "-") if found else None


def is_aside(method: str) -> bool:
    """Whether a member of a client calls nothing."""
    return method in _ASIDE


def is_operation(method: str, service: str | None = None) -> bool:
    """Whether a service, or any that there are stubs of, has a method of this name."""
    services = _stubbed() if service is None else (service,)
    return any(method in operations(service) for service in services)


def named(service: str, by: str, text: str) -> str:
    """The method that one of `BY_NAME` calls, told `text`."""
    if by != "get_waiter":
        return text
    waiters = _session().get_waiter_model(service)
    operation = {xform_name(name): waiters.get_waiter(name).operation for name in waiters.waiter_names}[text]
    return str(xform_name(operation))


@cache
def operations(service: str) -> dict[str, str]:
    """The methods of a client, and the API's names of them."""
    return {xform_name(name): name for name in model(service).operation_names}


@cache
def model(service: str) -> ServiceModel:
    """What botocore knows of a service."""
    return _session().get_service_model(service)


@cache
def _session() -> Session:
    return Session()


@cache
def _stubbed() -> tuple[str, ...]:
    found = (_STUBS.fullmatch(distribution.name) for distribution in distributions())
    return tuple(sorted({match[1].replace("_", "-") for match in found if match}))
