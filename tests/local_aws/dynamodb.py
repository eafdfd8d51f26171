"""DynamoDB: tables with copies in other regions."""

from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler, DynamoResult

from local_aws.patching import Fix, around


@around(DynamoHandler, "update_table")
def a_table_is_copied_to_other_regions(original: Fix, self: Any) -> Any:
    """AWS makes and removes the copies that ReplicaUpdates asks for; moto passes them over."""
    answer = original(self)
    updates = self.body.get("ReplicaUpdates")
    if not updates:
        return answer
    table = self.dynamodb_backend.get_table(self.body["TableName"])
    backends = dynamodb_backends[table.account_id]
    copies = copies_of(table)
    copies.setdefault(self.region, None)
    for update in updates:
        ((what, asked),) = update.items()
        region = asked["RegionName"]
        if what == "Delete":
            del copies[region]
            del backends[region].tables[table.name]
            continue
        copies[region] = asked.get("KMSMasterKeyId")
        if what == "Create":
            copy_into(backends[region], table, copies[region])
    return DynamoResult(table.describe())


@around(Table, "describe")
def a_table_tells_its_copies(original: Fix, self: Any, base_key: str = "TableDescription") -> dict[str, Any]:
    """As above: every region tells of the others."""
    answer: dict[str, Any] = original(self, base_key)
    others = {region: key for region, key in copies_of(self).items() if region != self.region_name}
    if others:
        answer[base_key]["GlobalTableVersion"] = "2019.11.21"
        answer[base_key]["Replicas"] = [replica(region, key) for region, key in others.items()]
    return answer


def copies_of(table: Any) -> dict[str, str | None]:
    """The regions of a global table and their keys, as all its copies share them."""
    if not hasattr(table, "copies"):
        table.copies = {}
    copies: dict[str, str | None] = table.copies
    return copies


def copy_into(backend: Any, table: Any, key: str | None) -> None:
    """The copy of an empty table, in another region's backend."""
    copy = backend.create_table(
        table.name,
        schema=table.schema,
        throughput=None,
        attr=table.attr,
        global_indexes=[index.describe() | {"ProvisionedThroughput": None} for index in table.global_indexes],
        indexes=[index.describe() for index in table.indexes],
        streams=table.stream_specification,
        billing_mode=table.billing_mode,
        sse_specification={"Enabled": True, "KMSMasterKeyId": key} if key else None,
        tags=[],
        deletion_protection_enabled=False,
        warm_throughput=None,
    )
    copy.copies = table.copies


def replica(region: str, key: str | None) -> dict[str, Any]:
    """How AWS tells of a copy."""
    told = {"RegionName": region, "ReplicaStatus": "ACTIVE"}
    return told | {"KMSMasterKeyId": key} if key else told
