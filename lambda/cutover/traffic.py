"""Traffic between the old and the new side: the weight, the guard alarms, and the hold."""

from typing import TYPE_CHECKING, cast

from common import clients, log
from common.errors import AlarmRaised, InvalidEvent, PreconditionFailed, TargetUnhealthy
from cutover.migration import Migration
from cutover.settings import GuardAlarm, Listener

if TYPE_CHECKING:
    from mypy_boto3_elbv2.type_defs import (
        ActionOutputTypeDef,
        ActionTypeDef,
        ForwardActionConfigTypeDef,
        TargetGroupTupleTypeDef,
    )

_MAX_PERCENT = 100


def shift_traffic(migration: Migration, percent: int) -> dict[str, int]:
    """Route `percent` of the traffic to the new side, if no hold is set and the side that gains traffic is healthy."""
    if not 0 <= percent <= _MAX_PERCENT:
        raise InvalidEvent(f"percent is {percent}, allowed: 0 to {_MAX_PERCENT}")
    _require_no_hold(migration)
    if migration.settings.listener is None:
        raise PreconditionFailed(
            "Terraform manages the traffic weight of this stack: declare `traffic` in its environment, and apply"
        )
    listener = migration.settings.listener
    present = migration.parameters.weight()
    if percent != present:
        _require_healthy(migration, listener.new if percent > present else listener.old)
    return _set_weight(migration, listener, percent)


def revert_traffic(migration: Migration) -> dict[str, int]:
    """Route all traffic to the old side, independent of the hold and of the health of that side."""
    if migration.settings.listener is None:
        log.warning("traffic-not-managed")
        return {"percent": migration.parameters.weight()}
    return _set_weight(migration, migration.settings.listener, 0)


def require_cutover_step(migration: Migration) -> None:
    """Raise `PreconditionFailed` unless traffic is at the step of the cutover, and no hold is set.

    A hold means that the new side has just failed. At a lower weight than that of the step, the new side has not had
    the traffic that it will have behind the fence.
    """
    _require_no_hold(migration)
    wanted = migration.settings.cutover_percent
    if wanted is None:
        return
    weight = migration.parameters.weight()
    if weight != wanted:
        raise PreconditionFailed(
            f"the new side receives {weight} % of the traffic; the source is fenced at the traffic step of {wanted} %"
        )


def hold_traffic(migration: Migration, reason: str) -> dict[str, str]:
    """Forbid shifts to the new side until an operator lifts the hold; a hold that is set keeps its reason."""
    held_reason = migration.parameters.hold()
    if held_reason is None:
        held_reason = reason.strip() or "rollback"
        migration.parameters.set_hold(held_reason)
        log.warning("traffic-held", reason=held_reason)
    return {"reason": held_reason}


def check_alarms(migration: Migration) -> dict[str, str]:
    """Raise `AlarmRaised` if a guard alarm is in ALARM or does not exist."""
    alarms = migration.settings.guard_alarms
    states: dict[GuardAlarm, str] = {}
    for region in sorted({alarm.region for alarm in alarms}):
        states |= _alarm_states(region, [alarm.name for alarm in alarms if alarm.region == region])
    # A missing alarm guards nothing, so it stops the step like one in ALARM.
    raised = [alarm for alarm in alarms if states.get(alarm, "missing") in ("ALARM", "missing")]
    if raised:
        raise AlarmRaised(", ".join(f"{alarm.name} ({states.get(alarm, 'missing')})" for alarm in raised))
    return {"state": "quiet"}


def _require_no_hold(migration: Migration) -> None:
    reason = migration.parameters.hold()
    if reason is not None:
        raise PreconditionFailed(f"traffic is held: {reason}")


def _alarm_states(region: str, names: list[str]) -> dict[GuardAlarm, str]:
    """Return the states of the alarms that exist; CloudWatch describes those of one region."""
    pages = clients.cloudwatch(region).get_paginator("describe_alarms").paginate(AlarmNames=names)
    return {
        GuardAlarm(region, alarm["AlarmName"]): alarm["StateValue"]
        for page in pages
        for alarm in page.get("MetricAlarms", [])
    }


def _set_weight(migration: Migration, listener: Listener, percent: int) -> dict[str, int]:
    rules = migration.load_balancers.describe_rules(RuleArns=[listener.rule])["Rules"]
    actions = [_with_weights(action, listener, percent) for action in rules[0].get("Actions", [])]
    migration.load_balancers.modify_rule(RuleArn=listener.rule, Actions=actions)
    migration.parameters.set_weight(percent)
    log.info("traffic-shifted", percent=percent)
    log.metric(
        migration.settings.namespace,
        {"TrafficPercent": percent},
        unit="Percent",
        Workflow=migration.settings.migration_name,
    )
    return {"percent": percent}


def _with_weights(action: "ActionOutputTypeDef", listener: Listener, percent: int) -> "ActionTypeDef":
    """Return a rule's action with new weights, and with its order and stickiness unchanged."""
    if action["Type"] != "forward":
        return cast("ActionTypeDef", action)
    groups: list[TargetGroupTupleTypeDef] = [
        {"TargetGroupArn": listener.old, "Weight": _MAX_PERCENT - percent},
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


def _require_healthy(migration: Migration, target_group: str) -> None:
    """Raise `TargetUnhealthy` unless at least half of the targets, and at least one, are healthy."""
    found = migration.load_balancers.describe_target_health(TargetGroupArn=target_group)["TargetHealthDescriptions"]
    states = [target.get("TargetHealth", {}) for target in found]
    # A target group of a Lambda function has no health checks: its target is `unavailable` for this one reason.
    healthy = sum(
        state.get("State") == "healthy" or state.get("Reason") == "Target.HealthCheckDisabled" for state in states
    )
    if not healthy or 2 * healthy < len(states):
        raise TargetUnhealthy(f"{healthy} of {len(states)} targets of {target_group} are healthy")
