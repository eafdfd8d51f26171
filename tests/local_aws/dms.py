"""DMS: certificates, subnet groups, instances and tasks, in the format that the SDK and the provider read."""

import json
from datetime import datetime
from typing import Any

from moto.dms.models import (
    DatabaseMigrationServiceBackend,
    FakeReplicationInstance,
    FakeReplicationSubnetGroup,
    FakeReplicationTask,
)
from moto.dms.responses import DatabaseMigrationServiceResponse
from moto.ec2.models import ec2_backends

from local_aws.patching import Method, add_action, wrap


def _with_timestamps(value: Any) -> Any:
    """Convert times to numbers and drop None, as the JSON protocol requires."""
    if isinstance(value, dict):
        return {key: _timestamp(key, item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_with_timestamps(item) for item in value]
    return value


def _timestamp(key: str, value: Any) -> Any:
    if isinstance(value, str) and key.endswith(("Date", "CreateTime")):
        return datetime.fromisoformat(value).timestamp()
    return _with_timestamps(value)


@wrap(FakeReplicationTask, "to_dict")
def return_task_timestamps(original: Method, self: Any) -> Any:
    """The SDK expects numbers; moto returns strings."""
    return _with_timestamps(original(self))


@wrap(DatabaseMigrationServiceResponse, "create_replication_task")
def apply_resource_identifier(original: Method, self: Any) -> str:
    """AWS ends the ARN with ResourceIdentifier; moto with the name of the task."""
    response = json.loads(original(self))
    identifier = self._get_param("ResourceIdentifier")
    if identifier:
        backend = self.dms_backend
        arn = response["ReplicationTask"]["ReplicationTaskArn"]
        task = backend.replication_tasks.pop(arn)
        task.arn = arn.rsplit(":", 1)[0] + ":" + identifier
        backend.replication_tasks[task.arn] = task
        backend.tagger.tag_resource(task.arn, self._get_param("Tags") or [])
        response["ReplicationTask"]["ReplicationTaskArn"] = task.arn
    return json.dumps(response)


@wrap(FakeReplicationInstance, "to_dict")
def return_instance_with_defaults(original: Method, self: Any) -> Any:
    """AWS selects a default engine version and Availability Zone and returns times as numbers."""
    self.engine_version = self.engine_version or "3.5.4"
    self.availability_zone = self.availability_zone or f"{self.region}a"
    return _with_timestamps(original(self))


@wrap(DatabaseMigrationServiceBackend, "create_replication_subnet_group")
def store_subnets(original: Method, self: Any, *args: Any, **kwargs: Any) -> Any:
    """moto drops the subnets and returns one that does not exist."""
    group = original(self, *args, **kwargs)
    group.subnetIds = kwargs.get("subnet_ids") or args[2]
    group.ec2 = ec2_backends[self.account_id][self.region_name]
    return group


@wrap(FakeReplicationSubnetGroup, "to_dict")
def return_subnets(original: Method, self: Any) -> Any:
    """Return the stored subnets."""
    group = original(self)
    subnets = [self.ec2.get_subnet(identifier) for identifier in self.subnetIds or []]
    if subnets:
        group["VpcId"] = subnets[0].vpc_id
        group["Subnets"] = [
            {
                "SubnetIdentifier": subnet.id,
                "SubnetAvailabilityZone": {"Name": subnet.availability_zone},
                "SubnetStatus": "Active",
            }
            for subnet in subnets
        ]
    return group


@wrap(DatabaseMigrationServiceBackend, "list_tags_for_resource")
def find_tags_of_subnet_group_by_arn(original: Method, self: Any, resource_arn_list: list[str]) -> Any:
    """AWS identifies a subnet group by its ARN; moto stores its tags under its name."""
    tags: list[dict[str, str]] = []
    for arn in resource_arn_list:
        name = arn.split(":subgrp:")[-1]
        tags.extend({**tag, "ResourceArn": arn} for tag in original(self, [name]))
    return tags


def certificates(response: Any) -> dict[str, dict[str, Any]]:
    """Return the certificates of the account and Region of a request, by ARN."""
    backend = response.dms_backend
    certificates: dict[str, dict[str, Any]] = backend.__dict__.setdefault("certificates", {})
    return certificates


@add_action(DatabaseMigrationServiceResponse, "import_certificate")
def import_certificate(self: Any) -> str:
    """ImportCertificate: stores the PEM text unchanged."""
    name = self._get_param("CertificateIdentifier")
    arn = f"arn:aws:dms:{self.region}:{self.current_account}:cert:{name}"
    certificate = {
        "CertificateArn": arn,
        "CertificateIdentifier": name,
        "CertificatePem": self._get_param("CertificatePem"),
    }
    certificates(self)[arn] = certificate
    self.dms_backend.tagger.tag_resource(arn, self._get_param("Tags") or [])
    return json.dumps({"Certificate": certificate})


@add_action(DatabaseMigrationServiceResponse, "describe_certificates")
def describecertificates(self: Any) -> str:
    """DescribeCertificates: filters by identifier or ARN."""
    wanted = {value for entry in self._get_param("Filters", []) for value in entry["Values"]}
    found = [
        certificate
        for certificate in certificates(self).values()
        if not wanted or wanted & {certificate["CertificateArn"], certificate["CertificateIdentifier"]}
    ]
    return json.dumps({"Certificates": found})


@add_action(DatabaseMigrationServiceResponse, "delete_certificate")
def delete_certificate(self: Any) -> str:
    """DeleteCertificate."""
    certificate = certificates(self).pop(self._get_param("CertificateArn"))
    return json.dumps({"Certificate": certificate})


@add_action(DatabaseMigrationServiceResponse, "add_tags_to_resource")
def add_tags_to_resource(self: Any) -> str:
    """AddTagsToResource: a change of phase changes the tags of all resources."""
    self.dms_backend.tagger.tag_resource(_tag_key(self), self._get_param("Tags") or [])
    return json.dumps({})


@add_action(DatabaseMigrationServiceResponse, "remove_tags_from_resource")
def remove_tags_from_resource(self: Any) -> str:
    """RemoveTagsFromResource."""
    self.dms_backend.tagger.untag_resource_using_names(_tag_key(self), self._get_param("TagKeys") or [])
    return json.dumps({})


def _tag_key(response: Any) -> str:
    """Return the key of moto's tags: the ARN, or the name for a subnet group."""
    return str(response._get_param("ResourceArn")).split(":subgrp:")[-1]
