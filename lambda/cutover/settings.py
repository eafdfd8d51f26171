"""Settings of the function `cutover`, read from environment variables."""

from collections.abc import Mapping
from dataclasses import dataclass

from common.errors import InvalidSettings
from common.settings import Variables
from database.tls import TlsConfig, parse_tls_config
from migration.replication import Replication, replications


@dataclass(frozen=True)
class Listener:
    """The listener rule that splits traffic, and its target groups of the old and the new side; all are ARNs."""

    rule: str
    old: str
    new: str


@dataclass(frozen=True)
class GuardAlarm:
    """An alarm that stops a traffic shift: CloudWatch identifies it by its region and its name."""

    region: str
    name: str


@dataclass(frozen=True)
class Settings:
    """Settings of one migration."""

    environment_identity: str
    """`<stack>/<environment>/<suffix>`, by which the source names its owner."""
    parameter_prefix: str
    parameter_replica_regions: tuple[str, ...]
    """Regions with a replica of the parameter `writer`."""
    checkpoint_bucket: str
    migration_name: str
    alert_topic_arn: str
    max_lag_seconds: int
    """The longest replication lag that counts as caught up."""
    fence_timeout_seconds: int
    """The longest time in which neither database accepts writes."""
    task_stop_timeout_seconds: int
    max_validation_age_minutes: int
    """The longest time between the last comparison of all rows and the fence of the source."""
    cutover_percent: int | None
    """The traffic weight of the new side at which the source is fenced; None without a shared traffic."""
    guard_alarms: tuple[GuardAlarm, ...]
    listener: Listener | None
    namespace: str
    replications: tuple[Replication, ...]
    tls: TlsConfig


def parse(environment: Mapping[str, str]) -> Settings:
    """Parse every variable; raise `InvalidSettings` with the name of the first invalid one."""
    variables = Variables(environment)
    return Settings(
        environment_identity=variables.required("ENVIRONMENT_IDENTITY"),
        parameter_prefix=variables.required("PARAMETER_PREFIX"),
        parameter_replica_regions=variables.string_list("PARAMETER_REPLICA_REGIONS"),
        checkpoint_bucket=variables.required("CHECKPOINT_BUCKET"),
        migration_name=variables.required("MIGRATION_NAME"),
        alert_topic_arn=variables.required("ALERT_TOPIC_ARN"),
        max_lag_seconds=variables.integer("MAX_LAG_SECONDS", 5),
        fence_timeout_seconds=variables.integer("FENCE_TIMEOUT_SECONDS", 20),
        task_stop_timeout_seconds=variables.integer("TASK_STOP_TIMEOUT_SECONDS", 480),
        max_validation_age_minutes=variables.integer("MAX_VALIDATION_AGE_MINUTES", 2880),
        cutover_percent=_cutover_percent(variables),
        guard_alarms=_guard_alarms(variables),
        listener=_listener(variables),
        namespace=variables.optional("NAMESPACE") or "Payment/Migration",
        replications=tuple(_require_same_engine(replication) for replication in replications(variables)),
        tls=parse_tls_config(variables),
    )


def _require_same_engine(replication: Replication) -> Replication:
    """Return `replication`; raise `InvalidSettings` if the engines of its sides differ."""
    source, target = replication.source.engine, replication.target.engine
    if source != target:
        raise InvalidSettings(
            f"{replication.name}: the source is {source}, the target {target}; a cutover requires the same engine"
        )
    return replication


def _cutover_percent(variables: Variables) -> int | None:
    if variables.optional("CUTOVER_PERCENT") is None:
        return None
    return variables.integer("CUTOVER_PERCENT", 100)


def _guard_alarms(variables: Variables) -> tuple[GuardAlarm, ...]:
    if variables.optional("GUARD_ALARMS") is None:
        return ()
    match variables.json("GUARD_ALARMS"):
        case dict() as names if all(isinstance(of_region, list) for of_region in names.values()):
            return tuple(GuardAlarm(region, str(name)) for region, of_region in names.items() for name in of_region)
        case _:
            raise InvalidSettings("GUARD_ALARMS must be a JSON object: region to list of alarm names")


def _listener(variables: Variables) -> Listener | None:
    found = [variables.optional(name) for name in ("LISTENER_RULE", "OLD_TARGET_GROUP", "NEW_TARGET_GROUP")]
    match found:
        case [None, None, None]:
            return None
        case [str(rule), str(old), str(new)]:
            return Listener(rule, old, new)
        case _:
            raise InvalidSettings("LISTENER_RULE, OLD_TARGET_GROUP and NEW_TARGET_GROUP must be set together")
