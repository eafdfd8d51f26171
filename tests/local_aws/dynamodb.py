"""DynamoDB: replicas of tables in other Regions, and tags."""

from typing import Any

from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler, DynamoResult

from local_aws.patching import Method, wrap


@wrap(DynamoHandler, "update_table")
def create_and_delete_replicas(original: Method, self: Any) -> Any:
    """AWS creates and deletes the replicas in ReplicaUpdates; moto ignores them."""
    response = original(self)
    updates = self.body.get("ReplicaUpdates")
    if not updates:
        return response
    table = self.dynamodb_backend.get_table(self.body["TableName"])
    backends = dynamodb_backends[table.account_id]
    replicas = replicas_of(table)
    replicas.setdefault(self.region, None)
    for update in updates:
        ((change, replica),) = update.items()
        region = replica["RegionName"]
        if change == "Delete":
            del replicas[region]
            del backends[region].tables[table.name]
            continue
        replicas[region] = replica.get("KMSMasterKeyId")
        if change == "Create":
            create_replica(backends[region], table, replicas[region])
    return DynamoResult(table.describe())


@wrap(Table, "describe")
def return_replicas(original: Method, self: Any, base_key: str = "TableDescription") -> dict[str, Any]:
    """Return the replicas in the other Regions."""
    response: dict[str, Any] = original(self, base_key)
    others = {region: key for region, key in replicas_of(self).items() if region != self.region_name}
    if others:
        response[base_key]["GlobalTableVersion"] = "2019.11.21"
        response[base_key]["Replicas"] = [replica_description(region, key) for region, key in others.items()]
    return response


@wrap(DynamoDBBackend, "tag_resource")
def replace_tags(original: Method, self: Any, arn: str, tags: dict[str, str]) -> None:
    """A tag has one value; moto keeps the former ones too."""
    self.untag_resource(arn, list(tags))
    original(self, arn, tags)


def replicas_of(table: Any) -> dict[str, str | None]:
    """Return the KMS keys of all Regions of a table; all replicas share this mapping."""
    if not hasattr(table, "replicas"):
        table.replicas = {}
    replicas: dict[str, str | None] = table.replicas
    return replicas


def create_replica(backend: Any, table: Any, key: str | None) -> None:
    """Create the replica of an empty table in the backend of another Region."""
    replica = backend.create_table(
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
    replica.replicas = table.replicas


def replica_description(region: str, key: str | None) -> dict[str, Any]:
    """Describe a replica as AWS does."""
    description = {"RegionName": region, "ReplicaStatus": "ACTIVE"}
    return description | {"KMSMasterKeyId": key} if key else description
