"""Traffic: the share of the new side, the alarms that guard it, and the hold that forbids to raise it."""

from typing import TYPE_CHECKING, cast

from common import log
from common.errors import AlarmRaised, InvalidEvent, PreconditionFailed, TargetUnhealthy
from cutover.migration import Migration
from cutover.settings import Listener

if TYPE_CHECKING:
    from mypy_boto3_elbv2.type_defs import (
        ActionOutputTypeDef,
        ActionTypeDef,
        ForwardActionConfigTypeDef,
        TargetGroupTupleTypeDef,
    )

_ALL = 100


def shift_traffic(migration: Migration, percent: int) -> dict[str, int]:
    """Give the new side `percent` of the traffic, if nothing is held and the side that gains is healthy."""
    if not 0 <= percent <= _ALL:
        raise InvalidEvent(f"percent is {percent}, allowed: 0 to 100")
    held = migration.parameters.hold()
    if held is not None:
        raise PreconditionFailed(f"traffic is held: {held}")
    listener = _listener(migration)
    now = migration.parameters.weight()
    if percent != now:
        _require_health(migration, listener.new if percent > now else listener.old)
    return _set(migration, listener, percent)


def revert_traffic(migration: Migration) -> dict[str, int]:
    """Give all traffic to the old side, held or not; whether that side is healthy changes nothing any more."""
    if migration.settings.listener is None:
        log.warning("traffic-not-managed")
        return {"percent": migration.parameters.weight()}
    return _set(migration, migration.settings.listener, 0)


def hold_traffic(migration: Migration, reason: str) -> dict[str, str]:
    """Forbid traffic to move towards the new side until a person lifts it; the first reason stays."""
    held = migration.parameters.hold()
    if held is None:
        held = reason.strip() or "rollback"
        migration.parameters.set_hold(held)
        log.warning("traffic-held", reason=held)
    return {"reason": held}


def check_alarms(migration: Migration) -> dict[str, str]:
    """Look at the alarms of this step once."""
    names = migration.settings.step_alarms
    if names:
        pages = migration.alarms.get_paginator("describe_alarms").paginate(
            AlarmNames=list(names), AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        states = {
            alarm["AlarmName"]: alarm["StateValue"]
            for page in pages
            for alarm in (*page.get("MetricAlarms", []), *page.get("CompositeAlarms", []))
        }
        # An alarm that is not there guards nothing, which is no better than one that rings.
        raised = [name for name in names if states.get(name, "missing") in ("ALARM", "missing")]
        if raised:
            raise AlarmRaised(", ".join(f"{name} ({states.get(name, 'missing')})" for name in raised))
    return {"state": "quiet"}


def _set(migration: Migration, listener: Listener, percent: int) -> dict[str, int]:
    rules = migration.balancers.describe_rules(RuleArns=[listener.rule])["Rules"]
    actions = [_weighed(action, listener, percent) for action in rules[0].get("Actions", [])]
    migration.balancers.modify_rule(RuleArn=listener.rule, Actions=actions)
    migration.parameters.set_weight(percent)
    log.info("traffic-shifted", percent=percent)
    log.metric(
        migration.settings.namespace,
        {"TrafficPercent": percent},
        unit="Percent",
        Workflow=migration.settings.workflow,
    )
    return {"percent": percent}


def _weighed(action: "ActionOutputTypeDef", listener: Listener, percent: int) -> "ActionTypeDef":
    """The rule's own action with other weights; what else it says (stickiness) stays."""
    if action["Type"] != "forward":
        return cast("ActionTypeDef", action)
    groups: list[TargetGroupTupleTypeDef] = [
        {"TargetGroupArn": listener.old, "Weight": _ALL - percent},
        {"TargetGroupArn": listener.new, "Weight": percent},
    ]
    config: ForwardActionConfigTypeDef = {"TargetGroups": groups}
    stickiness = action.get("ForwardConfig", {}).get("TargetGroupStickinessConfig")
    if stickiness:
        config["TargetGroupStickinessConfig"] = stickiness
    changed: ActionTypeDef = {"Type": "forward", "ForwardConfig": config}
    if "Order" in action:
        changed["Order"] = action["Order"]
    return changed


def _require_health(migration: Migration, group: str) -> None:
    found = migration.balancers.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    states = [target.get("TargetHealth", {}) for target in found]
    # A target group without health checks (a function's) reports `unavailable` for this one reason.
    able = sum(
        state.get("State") == "healthy" or state.get("Reason") == "Target.HealthCheckDisabled" for state in states
    )
    if not able or 2 * able < len(states):
        raise TargetUnhealthy(f"{able} of {len(states)} targets of {group} are healthy")


def _listener(migration: Migration) -> Listener:
    if migration.settings.listener is None:
        raise PreconditionFailed("the configuration owns the weight of this stack, not the workflow")
    return migration.settings.listener
