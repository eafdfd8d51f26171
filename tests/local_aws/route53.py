"""Route 53: CloudWatch alarm health checks, and validation of records that share a name."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from moto.route53.exceptions import Route53ClientError
from moto.route53.models import HealthCheck, RecordSet, Route53Backend
from moto.route53.responses import Route53

from local_aws.patching import Method, wrap, wrap_property

# Settings of a CloudWatch alarm health check that moto drops.
ALARM_SETTINGS = ("AlarmIdentifier", "InsufficientDataHealthStatus")

MAX_WEIGHT = 255


class RecordId(NamedTuple):
    """The identity of a record: several records can share a name."""

    name: str
    kind: str
    identifier: str | None

    @classmethod
    def of_request(cls, record: dict[str, Any]) -> "RecordId":
        """Read the identity from a request."""
        return cls(canonical_name(record["Name"]), record["Type"], record.get("SetIdentifier"))

    @classmethod
    def of_record(cls, record: RecordSet) -> "RecordId":
        """Read the identity from a stored record."""
        return cls(canonical_name(record.name), record.type or "", record.set_identifier)


def canonical_name(name: str) -> str:
    """Return a name as Route 53 compares it: in lower case, without the final dot, with `\\052` for an asterisk."""
    return name.lower().rstrip(".").replace("*", "\\052")


def conflict(record: RecordId, others: Iterable[RecordId]) -> str | None:
    """Return why AWS rejects `record` next to `others`, or None."""
    for other in others:
        if other.name != record.name:
            continue
        if other.kind != record.kind:
            if "CNAME" in (other.kind, record.kind):
                return (
                    f"RRSet of type {record.kind} with DNS name {record.name}. is not permitted "
                    f"as it conflicts with other records with the same DNS name in zone"
                )
        elif (other.identifier is None) != (record.identifier is None):
            return (
                f"RRSet with DNS name {record.name}., type {record.kind} cannot be created "
                f"because a non multivalue answer rrset exists with the same name and type"
            )
    return None


def invalid_change_batch(message: str) -> Route53ClientError:
    """Return the error InvalidChangeBatch."""
    return Route53ClientError("InvalidChangeBatch", message)


@wrap(Route53Backend, "change_resource_record_sets")
def validate_record_changes(original: Method, self: Any, zoneid: str, change_list: list[dict[str, Any]]) -> None:
    """AWS rejects conflicting records and weights above 255, and deletes one record of a set.

    moto accepts any record, and deletes every record with that set identifier in the zone.
    """
    zone = self.get_hosted_zone(zoneid)
    existing = {RecordId.of_record(record) for record in zone.rrsets}
    deleted: set[RecordId] = set()
    for change in change_list:
        requested = change["ResourceRecordSet"]
        record = RecordId.of_request(requested)
        if change["Action"] == "DELETE":
            existing.discard(record)
            deleted.add(record)
            continue
        if change["Action"] == "CREATE" and record in existing:
            raise invalid_change_batch(
                f"Tried to create resource record set [name='{record.name}.', "
                f"type='{record.kind}'] but it already exists"
            )
        if reason := conflict(record, existing - {record}):
            raise invalid_change_batch(reason)
        if int(requested.get("Weight") or 0) > MAX_WEIGHT:
            raise invalid_change_batch(f"Value '{requested['Weight']}' at 'weight': at most {MAX_WEIGHT}")
        alias = requested.get("AliasTarget")
        if alias and alias["HostedZoneId"] == zone.resource_id:
            target = (canonical_name(alias["DNSName"]), record.kind)
            if target not in {(other.name, other.kind) for other in existing}:
                raise invalid_change_batch(
                    f"Tried to create an alias that targets {target[0]}., type {target[1]} "
                    f"in zone {zone.resource_id}, but that target was not found"
                )
        existing.add(record)
    before = list(zone.rrsets)
    # moto rejects a record that is created again after its deletion, if another record has its name.
    created = {
        RecordId.of_request(change["ResourceRecordSet"]) for change in change_list if change["Action"] == "CREATE"
    }
    zone.rr_changes[:] = [
        change for change in zone.rr_changes if RecordId.of_request(change["ResourceRecordSet"]) not in created
    ]
    original(self, zoneid, change_list)
    removed = [record for record in before if record not in zone.rrsets]
    identifiers = {record.identifier for record in deleted if record.identifier}
    zone.rrsets.extend(
        record
        for record in removed
        if record.set_identifier in identifiers and RecordId.of_record(record) not in deleted
    )


@wrap(Route53, "create_health_check")
def store_alarm_of_health_check(original: Method, self: Any) -> Any:
    """AWS stores the alarm of a health check; moto drops it."""
    config = self._get_param("HealthCheckConfig")
    response = original(self)
    check = response.result["HealthCheck"]
    check.alarm_settings = {key: config.get(key) for key in ALARM_SETTINGS}
    return response


@wrap_property(HealthCheck, "health_check_config")
def return_alarm_of_health_check(config: dict[str, Any], check: Any) -> dict[str, Any]:
    """AWS returns the alarm, and neither port nor interval for an alarm health check."""
    alarm_settings = {key: value for key, value in getattr(check, "alarm_settings", {}).items() if value}
    if check.type_ == "CLOUDWATCH_METRIC":
        endpoint_settings = ("IPAddress", "Port", "RequestInterval", "FailureThreshold", "MeasureLatency")
        config = {key: value for key, value in config.items() if key not in endpoint_settings}
    return {**config, **alarm_settings}


@wrap(Route53Backend, "create_query_logging_config")
def accept_log_group_arn(original: Method, self: Any, hosted_zone_id: str, log_group_arn: str) -> Any:
    """AWS accepts and returns the ARN of a log group; moto requires the ARN of all its streams."""
    config = original(self, hosted_zone_id, log_group_arn.removesuffix(":*") + ":*")
    config.cloud_watch_logs_log_group_arn = log_group_arn
    return config
