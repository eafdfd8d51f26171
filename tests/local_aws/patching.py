"""Decorators that patch moto: wrap a method or a property, or add an API action."""

import functools
from collections.abc import Callable
from typing import Any

Method = Callable[..., Any]


def wrap(owner: type, name: str) -> Callable[[Method], Method]:
    """Replace `owner.name` with the decorated function, which gets the original method and then its arguments."""

    def install(wrapper: Method) -> Method:
        original: Method = getattr(owner, name)

        @functools.wraps(original)
        def patched(*args: Any, **kwargs: Any) -> Any:
            return wrapper(original, *args, **kwargs)

        setattr(owner, name, patched)
        return wrapper

    return install


def wrap_property(owner: type, name: str) -> Callable[[Method], Method]:
    """Replace the getter of a property with the decorated function, which gets the original value and the object."""

    def install(wrapper: Method) -> Method:
        original: property = getattr(owner, name)
        getter = original.fget
        if getter is None:
            raise TypeError(f"{owner.__name__}.{name} has no getter")
        setattr(owner, name, property(lambda self: wrapper(getter(self), self), original.fset))
        return wrapper

    return install


def add_action(owner: type, name: str) -> Callable[[Method], Method]:
    """Add an API action that moto lacks; raise an error if moto has it, so that no patch outlives its purpose."""

    def install(implementation: Method) -> Method:
        if hasattr(owner, name):
            raise TypeError(f"moto implements {owner.__name__}.{name} now: delete this patch")
        setattr(owner, name, implementation)
        return implementation

    return install
