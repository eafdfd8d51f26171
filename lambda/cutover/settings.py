"""What the cutover is told by its environment."""

from collections.abc import Mapping
from dataclasses import dataclass

from common.errors import InvalidSettings
from common.settings import Variables
from database.tls import TlsConfig, parse_tls_config
from migration.replication import Replication, replications


@dataclass(frozen=True)
class Listener:
    """The rule that splits traffic between the old and the new target group."""

    rule: str
    old: str
    new: str


@dataclass(frozen=True)
class Settings:
    """Seconds: `max_lag` is what counts as caught up, `fence` how long writers may be shut out."""

    parameters: str
    checkpoints: str
    workflow: str
    topic: str
    max_lag: int
    fence: int
    stop: int
    step_alarms: tuple[str, ...]
    listener: Listener | None
    namespace: str
    replications: tuple[Replication, ...]
    tls: TlsConfig


def parse(environment: Mapping[str, str]) -> Settings:
    """Read every variable at once; raises `InvalidSettings` with the name of the one that is wrong."""
    variables = Variables(environment)
    return Settings(
        parameters=variables.required("PARAMETER_PREFIX"),
        checkpoints=variables.required("CHECKPOINT_BUCKET"),
        workflow=variables.required("MIGRATION_NAME"),
        topic=variables.required("ALERT_TOPIC_ARN"),
        max_lag=variables.integer("MAX_LAG_SECONDS", 5),
        fence=variables.integer("FENCE_TIMEOUT_SECONDS", 20),
        stop=variables.integer("STOP", 480),
        step_alarms=variables.string_list("GUARD_ALARM_NAMES"),
        listener=_listener(variables),
        namespace=variables.optional("NAMESPACE") or "Payment/Migration",
        replications=tuple(_movable(replication) for replication in replications(variables)),
        tls=parse_tls_config(variables),
    )


def _movable(replication: Replication) -> Replication:
    """Counters, users and schemas are carried over as they are, so both sides must be of one make."""
    source, target = replication.source.engine, replication.target.engine
    if source != target:
        raise InvalidSettings(
            f"{replication.name}: the source is {source}, the target {target}; a cutover needs one make"
        )
    return replication


def _listener(variables: Variables) -> Listener | None:
    found = [variables.optional(name) for name in ("LISTENER_RULE", "OLD_TARGET_GROUP", "NEW_TARGET_GROUP")]
    match found:
        case [None, None, None]:
            return None
        case [str(rule), str(old), str(new)]:
            return Listener(rule, old, new)
        case _:
            raise InvalidSettings("LISTENER_RULE, OLD_TARGET_GROUP and NEW_TARGET_GROUP go together")
