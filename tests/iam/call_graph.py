"""The AWS calls that a function can make, starting at its handler."""

from iam.clients import Call
from iam.references import References

SHARED = ("common", "database", "migration", "payments")
"""The shared packages; `src/lambda_packages` adds those that a function imports."""


def reachable_calls(references: References, handler: str) -> set[Call]:
    """Return every AWS call in code that a handler such as `rotation.handler.handle` can run."""
    if handler not in references.units:
        raise AssertionError(f"no function {handler}")
    packages = (handler.split(".")[0], *SHARED)
    seen: set[str] = set()
    pending = [handler]
    while pending:
        name = pending.pop()
        # A class in another function's package can implement a protocol, but is not in this deployment package.
        if name in references.units and name not in seen and name.split(".")[0] in packages:
            seen.add(name)
            pending.extend(references.units[name].refers_to)
    return {call for name in seen for call in references.units[name].calls}
