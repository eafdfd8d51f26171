"""Constraints of service models: required members, enumerations, patterns, lengths, ranges and unions."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from local_aws.java_patterns import compile_pattern

# The shape types whose `min` and `max` limit a length; on other types they limit the value.
SIZED = ("string", "list", "map", "blob")

# boto3 also accepts files as blobs, whose length is unknown.
PYTHON_TYPES: Mapping[str, Any] = {
    "blob": (bytes, bytearray, str),
    "list": (list, tuple),
    "map": Mapping,
    "string": str,
    "structure": Mapping,
}


class Violation(NamedTuple):
    """A constraint that a value does not satisfy."""

    shape: str
    path: str
    constraint: str
    message: str


def violations(value: Any, shape: Any, path: str = "") -> Iterator[Violation]:
    """Yield each violation of `shape`, which is a botocore shape, by a parsed value and its members.

    A value of another type is the business of the parser, or of boto3.
    """
    if not isinstance(value, PYTHON_TYPES.get(shape.type_name, object)):
        return
    yield from _metadata_violations(value, shape, path)
    if shape.type_name == "structure" and not shape.is_document_type:
        yield from _structure_violations(value, shape, path)
    elif shape.type_name == "list":
        for number, item in enumerate(value, 1):
            yield from violations(item, shape.member, f"{path}.{number}")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from violations(key, shape.key, f"{path} (key)")
            yield from violations(item, shape.value, f"{path}.{key}")


def _structure_violations(value: Mapping[str, Any], shape: Any, path: str) -> Iterator[Violation]:
    prefix = f"{path}." if path else ""
    # boto3 reports members that do not exist.
    present = {name: member for name, member in value.items() if member is not None and name in shape.members}
    for name in shape.required_members:
        if name not in present:
            message = f"Value at '{prefix}{name}' failed to satisfy constraint: Member must not be null"
            yield Violation(shape.name, f"{prefix}{name}", "required", message)
    if shape.is_tagged_union and len(present) != 1:
        message = f"Value at '{path}' must set exactly one of {sorted(shape.members)}, not {sorted(present)}"
        yield Violation(shape.name, path, "union", message)
    for name, member in present.items():
        yield from violations(member, shape.members[name], f"{prefix}{name}")


def _metadata_violations(value: Any, shape: Any, path: str) -> Iterator[Violation]:
    """Yield the violations of a value itself, in the words of AWS."""

    def violation(constraint: str, rule: str) -> Violation:
        message = f"Value '{value}' at '{path}' failed to satisfy constraint: Member must {rule}"
        return Violation(shape.name, path, constraint, message)

    limits = shape.metadata
    sized = shape.type_name in SIZED
    measure = len(value) if sized else value
    noun = "length" if sized else "value"
    if "min" in limits and measure < limits["min"]:
        yield violation("min", f"have {noun} greater than or equal to {limits['min']}")
    if "max" in limits and measure > limits["max"]:
        yield violation("max", f"have {noun} less than or equal to {limits['max']}")
    if shape.type_name == "string":
        if limits.get("enum") and value not in limits["enum"]:
            yield violation("enum", f"satisfy enum value set: {limits['enum']}")
        if "pattern" in limits and not compile_pattern(limits["pattern"]).fullmatch(value):
            yield violation("pattern", f"satisfy regular expression pattern: {limits['pattern']}")
