"""Broken variants of the operations. The explorer must find each one: a model that finds none proves nothing."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from cutover import application_access, decisions, fences, low_watermark, rollback, start_positions, switchover
from cutover.decisions import Decision
from explorer import database_model
from explorer.patching import patched


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _true(*_: Any, **__: Any) -> bool:
    return True


def _without_decision() -> AbstractContextManager[None]:
    def decide(_: Any, __: Any, proposed: Decision) -> Decision:
        return proposed

    return patched((decisions, "decide", decide), (decisions, "find_decision", _nothing))


def _without_drain() -> AbstractContextManager[None]:
    def send_markers(migration: Any, direction: Any, deadline: Any) -> dict[str, str]:
        return {replication.name: "m0" for replication in migration.settings.replications}

    return patched((switchover, "_send_markers", send_markers))


def _with_one_marker() -> AbstractContextManager[None]:
    original = switchover._send_markers
    sent: list[dict[str, str]] = []

    def send_markers(migration: Any, direction: Any, deadline: Any) -> dict[str, str]:
        if sent:
            return sent.pop()
        sent.append(original(migration, direction, deadline))
        return sent[-1]

    return patched((switchover, "_send_markers", send_markers))


def _with_block_outside_the_lock() -> AbstractContextManager[None]:
    return patched((switchover, "_complete_fence", switchover._block_outgoing_side))


def _with_promotion_before_block() -> AbstractContextManager[None]:
    """Open the target at the begin of the fence: before the logins of the source are blocked."""
    original = switchover._block_outgoing_side

    def block(migration: Any, direction: Any, deadline: Any) -> None:
        for replication in migration.settings.replications:
            with migration.admin_session(direction.incoming_side(replication)) as incoming:
                incoming.accounts.allow_logins(["app"])
        original(migration, direction, deadline)

    return patched((switchover, "_block_outgoing_side", block))


def _with_checkpoints_of_any_fence() -> AbstractContextManager[None]:
    def checkpoint(migration: Any, fence: Any, step: str) -> Any:
        return migration.checkpoints.read(step)

    return patched((fences, "checkpoint", checkpoint))


MUTANTS: Mapping[str, Callable[[], AbstractContextManager[None]]] = {
    "no low watermark": lambda: patched((low_watermark, "blocker", _nothing)),
    "no decision": _without_decision,
    "no drain": _without_drain,
    "one marker in place of two": _with_one_marker,
    "open before block": _with_promotion_before_block,
    "no block": lambda: patched((application_access, "block", _nothing)),
    "no sequences": lambda: patched((database_model.Sequences, "write", _nothing)),
    "no lock": lambda: patched(
        (database_model.Server, "try_lock", _true), (database_model.Server, "holds_lock", _true)
    ),
    "no check of the writes of a promoted target": lambda: patched((rollback, "_has_no_writes", _true)),
    "no block of a target that is given up": lambda: patched((rollback, "_block_target", _nothing)),
    "drain behind an incomplete fence": lambda: patched((switchover, "_complete_fence", _nothing)),
    "block of a drain outside the lock": _with_block_outside_the_lock,
    "no start position": lambda: patched((start_positions, "settle", lambda *_: None)),
    "no check of the promote decision": lambda: patched((decisions, "require_promotion", _nothing)),
    "checkpoints of an earlier fence": _with_checkpoints_of_any_fence,
}
