"""How a fix takes its place: around a method of moto's, or as an action that moto lacks."""

import functools
from collections.abc import Callable
from typing import Any

Fix = Callable[..., Any]


def around(owner: type, name: str) -> Callable[[Fix], Fix]:
    """Put a fix around `owner.name`: it gets the original first, then the call's own arguments."""

    def install(fix: Fix) -> Fix:
        original: Fix = getattr(owner, name)

        @functools.wraps(original)
        def mended(*args: Any, **kwargs: Any) -> Any:
            return fix(original, *args, **kwargs)

        setattr(owner, name, mended)
        return fix

    return install


def around_property(owner: type, name: str) -> Callable[[Fix], Fix]:
    """Put a fix around a read-only property: it gets the original's value, then the object."""

    def install(fix: Fix) -> Fix:
        original: property = getattr(owner, name)
        getter = original.fget
        if getter is None:
            raise TypeError(f"{owner.__name__}.{name} cannot be read")
        setattr(owner, name, property(lambda self: fix(getter(self), self), original.fset))
        return fix

    return install


def action(owner: type, name: str) -> Callable[[Fix], Fix]:
    """Add an action that moto has not; one that moto gained since is an error, so fixes cannot rot."""

    def install(fix: Fix) -> Fix:
        if hasattr(owner, name):
            raise TypeError(f"moto has {owner.__name__}.{name} now: drop the fix")
        setattr(owner, name, fix)
        return fix

    return install
