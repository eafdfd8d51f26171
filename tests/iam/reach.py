"""What a function may call, from its handler on."""

from iam.clients import Call
from iam.references import References

SHARED = ("common", "database", "migration", "payments")
"""Packages of shared modules; `src/lambda_packages` packs those that a function imports."""


def calls(references: References, handler: str) -> set[Call]:
    """Every call of AWS in code that a call of `handler` may run: `rotation.handler.handle`."""
    if handler not in references.pieces:
        raise AssertionError(f"there is no function {handler}")
    held = (handler.split(".")[0], *SHARED)
    seen: set[str] = set()
    ahead = [handler]
    while ahead:
        name = ahead.pop()
        # What stands for a protocol in another function's package is not in this one's archive.
        if name in references.pieces and name not in seen and name.split(".")[0] in held:
            seen.add(name)
            ahead.extend(references.pieces[name].refers_to)
    return {call for name in seen for call in references.pieces[name].calls}
