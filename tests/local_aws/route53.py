"""Route 53: health checks of alarms, records that share a name, and what AWS refuses of them."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from moto.route53.exceptions import Route53ClientError
from moto.route53.models import HealthCheck, RecordSet, Route53Backend
from moto.route53.responses import Route53

from local_aws.patching import Fix, around, around_property

# What a health check of an alarm has beside what moto keeps: in requests and in answers alike.
OF_ALARMS = ("AlarmIdentifier", "InsufficientDataHealthStatus")

MOST_WEIGHT = 255


class Shared(NamedTuple):
    """One of the records that may share a name."""

    name: str
    kind: str
    identifier: str | None

    @classmethod
    def asked(cls, record: dict[str, Any]) -> "Shared":
        """Read one from a request."""
        return cls(record["Name"].rstrip("."), record["Type"], record.get("SetIdentifier"))

    @classmethod
    def kept(cls, record: RecordSet) -> "Shared":
        """Read one from a zone."""
        return cls(record.name.rstrip("."), record.type or "", record.set_identifier)


def refusal(record: Shared, others: Iterable[Shared]) -> str | None:
    """Say why AWS does not take `record` beside `others`, if it does not."""
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


def refused(message: str) -> Route53ClientError:
    """Make the error of a batch that is not taken."""
    return Route53ClientError("InvalidChangeBatch", message)


@around(Route53Backend, "change_resource_record_sets")
def records_that_share_a_name_agree(original: Fix, self: Any, zoneid: str, change_list: list[dict[str, Any]]) -> None:
    """AWS takes one type beside a CNAME, one policy to a name, weights to 255; moto takes anything.

    It also deletes one record of a set; moto deletes every record of that identifier in the zone.
    """
    zone = self.get_hosted_zone(zoneid)
    there = {Shared.kept(record) for record in zone.rrsets}
    deleted: set[Shared] = set()
    for change in change_list:
        asked = change["ResourceRecordSet"]
        record = Shared.asked(asked)
        if change["Action"] == "DELETE":
            there.discard(record)
            deleted.add(record)
            continue
        if change["Action"] == "CREATE" and record in there:
            raise refused(
                f"Tried to create resource record set [name='{record.name}.', "
                f"type='{record.kind}'] but it already exists"
            )
        if why := refusal(record, there - {record}):
            raise refused(why)
        if int(asked.get("Weight") or 0) > MOST_WEIGHT:
            raise refused(f"Value '{asked['Weight']}' at 'weight': at most {MOST_WEIGHT}")
        to = asked.get("AliasTarget")
        if to and to["HostedZoneId"] == zone.resource_id:
            target = (to["DNSName"].rstrip("."), record.kind)
            if target not in {(other.name, other.kind) for other in there}:
                raise refused(
                    f"Tried to create an alias that targets {target[0]}., type {target[1]} "
                    f"in zone {zone.resource_id}, but that target was not found"
                )
        there.add(record)
    before = list(zone.rrsets)
    original(self, zoneid, change_list)
    gone = [record for record in before if record not in zone.rrsets]
    identifiers = {record.identifier for record in deleted if record.identifier}
    zone.rrsets.extend(
        record for record in gone if record.set_identifier in identifiers and Shared.kept(record) not in deleted
    )


@around(Route53, "create_health_check")
def a_health_check_reads_an_alarm(original: Fix, self: Any) -> Any:
    """AWS keeps which alarm a health check reads; moto drops it."""
    config = self._get_param("HealthCheckConfig")
    answer = original(self)
    check = answer.result["HealthCheck"]
    check.of_alarms = {key: config.get(key) for key in OF_ALARMS}
    return answer


@around_property(HealthCheck, "health_check_config")
def a_health_check_tells_its_alarm(config: dict[str, Any], check: Any) -> dict[str, Any]:
    """AWS answers with the alarm, and gives a check of an alarm no port or interval of its own."""
    of_alarms = {key: value for key, value in getattr(check, "of_alarms", {}).items() if value}
    if check.type_ == "CLOUDWATCH_METRIC":
        own = ("IPAddress", "Port", "RequestInterval", "FailureThreshold", "MeasureLatency")
        config = {key: value for key, value in config.items() if key not in own}
    return {**config, **of_alarms}
