"""The classes of a program, and the methods that a use of a class can run."""

from collections.abc import Iterator

from mypy.nodes import TypeInfo
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    LiteralType,
    Overloaded,
    TupleType,
    Type,
    TypedDictType,
    TypeType,
    TypeVarType,
    UnionType,
    get_proper_type,
)

from iam.program import Program


def classes_of(type_: Type | None) -> Iterator[TypeInfo | None]:
    """Yield the classes that a value of this type can have; None stands for unknown classes."""
    match proper := get_proper_type(type_):
        case None | AnyType():
            yield None
        case Instance():
            yield proper.type
        case CallableType() | Overloaded() if proper.is_type_obj():
            yield proper.type_object()
        case CallableType() | Overloaded():
            yield proper.fallback.type
        case UnionType():
            for item in proper.items:
                yield from classes_of(item)
        case TypeType():
            yield from classes_of(proper.item)
        case TypeVarType():
            for bound in proper.values or [proper.upper_bound]:
                yield from classes_of(bound)
        case TupleType():
            yield proper.partial_fallback.type
        case LiteralType() | TypedDictType():
            yield proper.fallback.type


class Classes:
    """The classes that a program defines."""

    def __init__(self, program: Program) -> None:
        """Collect the classes."""
        self._all = {info.fullname: info for info in program.classes()}

    def __contains__(self, info: TypeInfo) -> bool:
        """Return whether the program defines a class."""
        return info.fullname in self._all

    def members(self, info: TypeInfo, name: str) -> Iterator[str]:
        """Yield what `name` can be on an instance of `info`, a subclass or an implementation of the protocol."""
        for other in (info, *self._implementations(info)):
            member = other.get(name)
            if member is not None and member.node is not None:
                yield member.node.fullname

    def implicit_methods(self, info: TypeInfo) -> Iterator[str]:
        """Yield the methods that run without being named: special methods, and overrides of foreign classes."""
        foreign = [base for base in info.mro if base not in self]
        for base in info.mro:
            for name in base.names if base in self else ():
                is_special = name.startswith("__") and name.endswith("__")
                if is_special or any(name in base.names for base in foreign):
                    yield f"{base.fullname}.{name}"

    def _implementations(self, info: TypeInfo) -> Iterator[TypeInfo]:
        for other in self._all.values():
            if info in other.mro or (info.is_protocol and _has_members_of(other, info)):
                yield other


def _has_members_of(other: TypeInfo, protocol: TypeInfo) -> bool:
    return bool(protocol.protocol_members) and all(other.get(name) for name in protocol.protocol_members)
