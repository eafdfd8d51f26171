"""Sample packages, by the language feature through which they call AWS."""

from pathlib import Path

from iam.clients import ABSENT

CLIENTS = """
from typing import TYPE_CHECKING
import boto3
if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

def s3() -> "S3Client":
    return boto3.client("s3")

def delete() -> None:
    s3().delete_object(Bucket="b", Key="k")
"""

_PREAMBLE = """
import boto3
from common.clients import s3

def put() -> object:
    return s3().put_object(Bucket="b", Key="k")
"""

PUTS = {
    "a_call": """
def handle() -> object:
    return put()
""",
    "a_partial": """
from functools import partial

def handle() -> object:
    return partial(s3().put_object, Bucket="b")
""",
    "an_entry_of_a_table": """
TABLE = {"put": put}

def handle(key: str) -> object:
    return TABLE[key]()
""",
    "a_stored_lambda": """
class Holder:
    def __init__(self) -> None:
        self.put = lambda: put()

def handle() -> object:
    return Holder()
""",
    "an_implementation_of_a_protocol": """
from typing import Protocol

class Store(Protocol):
    def put(self) -> object: ...

class Bucket:
    def put(self) -> object:
        return put()

def handle(store: Store) -> object:
    return store.put()
""",
    "an_override": """
class Store:
    def put(self) -> object:
        return None

class Bucket(Store):
    def put(self) -> object:
        return put()

def handle(store: Store) -> object:
    return store.put()
""",
    "a_call_of_the_overridden_method": """
class Store:
    def put(self) -> object:
        return put()

class Bucket(Store):
    def put(self) -> object:
        return super().put()

def handle(bucket: Bucket) -> object:
    return bucket.put()
""",
    "a_property": """
class Store:
    @property
    def content(self) -> object:
        return put()

def handle(store: Store) -> object:
    return store.content
""",
    "an_operator": """
class Store:
    def __getitem__(self, key: str) -> object:
        return put()

def handle() -> object:
    return Store()["k"]
""",
    "a_method_called_by_the_standard_library": """
from threading import Thread

class Work(Thread):
    def run(self) -> None:
        put()

def handle() -> None:
    Work().start()
""",
    "a_field_of_a_data_class": """
from collections.abc import Callable
from dataclasses import dataclass

@dataclass
class Store:
    action: Callable[[], object] = put

def handle(store: Store) -> object:
    return store.action()
""",
    "a_decorator": """
from collections.abc import Callable

def puts(function: Callable[[], None]) -> Callable[[], object]:
    return lambda: put()

@puts
def handle() -> None: ...
""",
    "a_function_in_a_function": """
def handle() -> object:
    def later() -> object:
        return put()
    return later
""",
    "a_format_string": """
def handle() -> str:
    return f"result: {put()!r}"
""",
    "an_import": """
put()

def handle() -> None: ...
""",
}
"""Packages that call `put_object`."""

OTHERS = {
    "a_paginator": (
        """
def handle() -> object:
    return s3().get_paginator("list_objects_v2").paginate(Bucket="b")
""",
        "list_objects_v2",
    ),
    "a_waiter": (
        """
def handle() -> None:
    s3().get_waiter("object_exists").wait(Bucket="b", Key="k")
""",
        "head_object",
    ),
    "an_error_for_a_missing_object": (
        """
def handle() -> object:
    return s3().exceptions.NoSuchKey
""",
        ABSENT,
    ),
}
"""Packages with other calls, and the called methods."""

RESOLVED = {**{name: (code, "put_object") for name, code in PUTS.items()}, **OTHERS}

UNRESOLVED = {
    "a_value_of_any_type": (
        """
from typing import Any

def handle(store: Any) -> None:
    store.put_object(Bucket="b", Key="k")
""",
        "of a value of unknown type",
    ),
    "an_attribute_by_name": (
        """
def handle(name: str) -> object:
    return getattr(s3(), name)()
""",
        "a client is passed to code that is not analyzed",
    ),
    "a_paginator_by_name": (
        """
def handle(name: str) -> object:
    return s3().get_paginator(name)  # type: ignore[call-overload]
""",
        "is not a literal",
    ),
    "a_resource": (
        """
def handle() -> object:
    return boto3.resource("s3")
""",
        "only clients are analyzed",
    ),
    "a_client_without_stubs": (
        """
def handle() -> object:
    return boto3.client("ec2").describe_vpcs()
""",
        "the type of this client is unknown",
    ),
    "a_method_that_is_no_operation": (
        """
def handle() -> None:
    s3().upload_file("name", "b", "k")
""",
        "is not an operation of s3",
    ),
}
"""Packages whose calls cannot be resolved, and the error messages."""

_UNRELATED = """
class Store:
    def put(self) -> object:
        return s3().get_object(Bucket="b", Key="k")
"""


def write(folder: Path) -> None:
    """Write all sample packages, a shared package and a package that no sample imports."""
    package(folder / "common", "clients", CLIENTS)
    package(folder / "unrelated", "handler", _PREAMBLE + _UNRELATED)
    for name, (code, _) in (RESOLVED | UNRESOLVED).items():
        package(folder / name, "handler", _PREAMBLE + code)


def package(folder: Path, module: str, code: str) -> None:
    """Write a package with one module."""
    folder.mkdir()
    (folder / "__init__.py").write_text("", encoding="utf-8")
    (folder / f"{module}.py").write_text(code, encoding="utf-8")
