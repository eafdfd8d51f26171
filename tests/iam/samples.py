"""Code whose calls are found, or of which it is told why not, by what it shows."""

from pathlib import Path

from iam.clients import ABSENT

CLIENTS = """
from typing import TYPE_CHECKING
import boto3
if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

def s3() -> "S3Client":
    return boto3.client("s3")

def for_others() -> None:
    s3().delete_object(Bucket="b", Key="k")
"""

_BEGINNING = """
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
    "a_lambda_that_is_kept": """
class Kept:
    def __init__(self) -> None:
        self.put = lambda: put()

def handle() -> object:
    return Kept()
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
    "what_an_override_overrides": """
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
    def kept(self) -> object:
        return put()

def handle(store: Store) -> object:
    return store.kept
""",
    "an_operator": """
class Store:
    def __getitem__(self, key: str) -> object:
        return put()

def handle() -> object:
    return Store()["k"]
""",
    "a_method_that_the_standard_library_calls": """
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
    way: Callable[[], object] = put

def handle(store: Store) -> object:
    return store.way()
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
    "a_text": """
def handle() -> str:
    return f"told: {put()!r}"
""",
    "an_import": """
put()

def handle() -> None: ...
""",
}
"""Ways to `put_object`."""

OTHERS = {
    "pages": (
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
    "an_error_that_tells_of_absence": (
        """
def handle() -> object:
    return s3().exceptions.NoSuchKey
""",
        ABSENT,
    ),
}
"""Other calls, and their names."""

FOUND = {**{name: (code, "put_object") for name, code in PUTS.items()}, **OTHERS}

UNKNOWN = {
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
        "a client is given to what is not looked through",
    ),
    "a_paginator_by_name": (
        """
def handle(name: str) -> object:
    return s3().get_paginator(name)  # type: ignore[call-overload]
""",
        "of what is not written there",
    ),
    "a_resource": (
        """
def handle() -> object:
    return boto3.resource("s3")
""",
        "only clients are looked at",
    ),
    "a_client_without_stubs": (
        """
def handle() -> object:
    return boto3.client("ec2").describe_vpcs()
""",
        "the type of this client is unknown",
    ),
    "what_is_no_operation": (
        """
def handle() -> None:
    s3().upload_file("name", "b", "k")
""",
        "is no operation of s3",
    ),
}
"""What cannot be followed, and what is told."""

_APART = """
class Elsewhere:
    def put(self) -> object:
        return s3().get_object(Bucket="b", Key="k")
"""


def write(folder: Path) -> None:
    """Make a package of each, beside the one that they share and one that no other holds."""
    package(folder / "common", "clients", CLIENTS)
    package(folder / "apart", "handler", _BEGINNING + _APART)
    for name, (code, _) in (FOUND | UNKNOWN).items():
        package(folder / name, "handler", _BEGINNING + code)


def package(folder: Path, module: str, code: str) -> None:
    """Make a package of one module."""
    folder.mkdir()
    (folder / "__init__.py").write_text("", encoding="utf-8")
    (folder / f"{module}.py").write_text(code, encoding="utf-8")
