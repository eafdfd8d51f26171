"""CREATE requires that a record set does not exist; UPSERT replaces it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client


@pytest.fixture
def route53(client: Client) -> Any:
    """A client with the zone `example.com`."""
    route53 = client("route53")
    route53.create_hosted_zone(Name="example.com", CallerReference="zone")
    return route53


def change(route53: Any, action: str, name: str, kind: str = "A", value: str = "192.0.2.1", **settings: Any) -> None:
    record = {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}], **settings}
    zone = route53.list_hosted_zones()["HostedZones"][0]["Id"]
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


def values(route53: Any, name: str) -> list[str]:
    zone = route53.list_hosted_zones()["HostedZones"][0]["Id"]
    records = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return [value["Value"] for record in records if record["Name"] == name for value in record["ResourceRecords"]]


# The provider sends CREATE, and with `allow_overwrite` it sends UPSERT.
@pytest.mark.parametrize("second", ["payments.example.com", "payments.example.com.", "Payments.example.com"])
def test_creation_of_an_existing_record_is_rejected(route53: Any, second: str) -> None:
    change(route53, "CREATE", "payments.example.com")
    with pytest.raises(ClientError, match=r"InvalidChangeBatch.*already exists"):
        change(route53, "CREATE", second)


def test_creation_of_an_escaped_wildcard_beside_the_wildcard_is_rejected(route53: Any) -> None:
    change(route53, "CREATE", "*.example.com")
    with pytest.raises(ClientError, match=r"InvalidChangeBatch.*already exists"):
        change(route53, "CREATE", "\\052.example.com")


def test_upsert_replaces_an_existing_record(route53: Any) -> None:
    change(route53, "CREATE", "payments.example.com")
    change(route53, "UPSERT", "payments.example.com", value="192.0.2.2")
    assert values(route53, "payments.example.com.") == ["192.0.2.2"]


def test_second_delegation_of_a_subdomain_is_rejected(route53: Any) -> None:
    change(route53, "CREATE", "pay.example.com", "NS", "ns-1.example.net.")
    with pytest.raises(ClientError, match=r"InvalidChangeBatch.*already exists"):
        change(route53, "CREATE", "pay.example.com", "NS", "ns-2.example.net.")


def test_weighted_records_of_one_name_exist_beside_each_other(route53: Any) -> None:
    change(route53, "CREATE", "payments.example.com", SetIdentifier="old", Weight=1)
    change(route53, "CREATE", "payments.example.com", SetIdentifier="new", Weight=1)
    with pytest.raises(ClientError, match=r"InvalidChangeBatch.*already exists"):
        change(route53, "CREATE", "payments.example.com", SetIdentifier="new", Weight=2)


def test_deleted_record_of_a_set_is_created_again(client: Client) -> None:
    route53 = client("route53")
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="again")["HostedZone"]["Id"]

    def change(action: str, side: str) -> None:
        record = {"Name": "payments.example.com", "Type": "CNAME", "TTL": 60, "SetIdentifier": side, "Weight": 1}
        record["ResourceRecords"] = [{"Value": f"{side}.example.com"}]
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)

    for action, side in (("CREATE", "old"), ("CREATE", "new"), ("DELETE", "old"), ("CREATE", "old")):
        change(action, side)
    found = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    assert sorted(record["SetIdentifier"] for record in found if record["Type"] == "CNAME") == ["new", "old"]
