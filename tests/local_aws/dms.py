"""DMS: certificates, subnet groups, instances and tasks as the provider reads them."""

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

from local_aws.patching import Fix, action, around


def _timed(value: Any) -> Any:
    """Timestamps as numbers and nothing where there is nothing, as the JSON protocol has them."""
    if isinstance(value, dict):
        return {key: _moment(key, item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_timed(item) for item in value]
    return value


def _moment(key: str, value: Any) -> Any:
    if isinstance(value, str) and key.endswith(("Date", "CreateTime")):
        return datetime.fromisoformat(value).timestamp()
    return _timed(value)


@around(FakeReplicationTask, "__init__")
def a_task_is_ready_at_once(original: Fix, self: Any, *args: Any, **given: Any) -> None:
    """moto leaves a task in `creating`, which the provider waits out."""
    original(self, *args, **given)
    self.status = "ready"


@around(FakeReplicationTask, "to_dict")
def a_task_has_moments(original: Fix, self: Any) -> Any:
    """The SDK reads numbers where moto writes texts."""
    return _timed(original(self))


@around(DatabaseMigrationServiceResponse, "create_replication_task")
def a_task_has_the_resource_id_that_was_asked_for(original: Fix, self: Any) -> str:
    """AWS ends the ARN with ResourceIdentifier; moto with the task's name."""
    answer = json.loads(original(self))
    wanted = self._get_param("ResourceIdentifier")
    if wanted:
        backend = self.dms_backend
        arn = answer["ReplicationTask"]["ReplicationTaskArn"]
        task = backend.replication_tasks.pop(arn)
        task.arn = arn.rsplit(":", 1)[0] + ":" + wanted
        backend.replication_tasks[task.arn] = task
        backend.tagger.tag_resource(task.arn, self._get_param("Tags") or [])
        answer["ReplicationTask"]["ReplicationTaskArn"] = task.arn
    return json.dumps(answer)


@around(FakeReplicationInstance, "to_dict")
def an_instance_has_moments_and_its_subnets(original: Fix, self: Any) -> Any:
    """As for tasks; and AWS picks engine version and zone where none is asked for."""
    self.engine_version = self.engine_version or "3.5.4"
    self.availability_zone = self.availability_zone or f"{self.region}a"
    return _timed(original(self))


@around(DatabaseMigrationServiceBackend, "create_replication_subnet_group")
def a_subnet_group_keeps_its_subnets(original: Fix, self: Any, *args: Any, **given: Any) -> Any:
    """moto drops them, and answers one that does not exist."""
    group = original(self, *args, **given)
    group.subnetIds = given.get("subnet_ids") or args[2]
    group.ec2 = ec2_backends[self.account_id][self.region_name]
    return group


@around(FakeReplicationSubnetGroup, "to_dict")
def a_subnet_group_tells_its_subnets(original: Fix, self: Any) -> Any:
    """As above."""
    told = original(self)
    subnets = [self.ec2.get_subnet(identifier) for identifier in self.subnetIds or []]
    if subnets:
        told["VpcId"] = subnets[0].vpc_id
        told["Subnets"] = [
            {
                "SubnetIdentifier": subnet.id,
                "SubnetAvailabilityZone": {"Name": subnet.availability_zone},
                "SubnetStatus": "Active",
            }
            for subnet in subnets
        ]
    return told


@around(DatabaseMigrationServiceBackend, "list_tags_for_resource")
def a_subnet_group_is_tagged_by_its_arn(original: Fix, self: Any, resource_arn_list: list[str]) -> Any:
    """moto keeps the tags of a subnet group by its name."""
    tags: list[dict[str, str]] = []
    for arn in resource_arn_list:
        name = arn.split(":subgrp:")[-1]
        tags.extend({**tag, "ResourceArn": arn} for tag in original(self, [name]))
    return tags


def _certificates(response: Any) -> dict[str, dict[str, Any]]:
    backend = response.dms_backend
    kept: dict[str, dict[str, Any]] = backend.__dict__.setdefault("certificates", {})
    return kept


@action(DatabaseMigrationServiceResponse, "import_certificate")
def import_certificate(self: Any) -> str:
    """ImportCertificate: kept as it is."""
    name = self._get_param("CertificateIdentifier")
    arn = f"arn:aws:dms:{self.region}:{self.current_account}:cert:{name}"
    certificate = {
        "CertificateArn": arn,
        "CertificateIdentifier": name,
        "CertificatePem": self._get_param("CertificatePem"),
    }
    _certificates(self)[arn] = certificate
    self.dms_backend.tagger.tag_resource(arn, self._get_param("Tags") or [])
    return json.dumps({"Certificate": certificate})


@action(DatabaseMigrationServiceResponse, "describe_certificates")
def describe_certificates(self: Any) -> str:
    """DescribeCertificates: by name or ARN."""
    wanted = {value for entry in self._get_param("Filters", []) for value in entry["Values"]}
    found = [
        certificate
        for certificate in _certificates(self).values()
        if not wanted or wanted & {certificate["CertificateArn"], certificate["CertificateIdentifier"]}
    ]
    return json.dumps({"Certificates": found})


@action(DatabaseMigrationServiceResponse, "delete_certificate")
def delete_certificate(self: Any) -> str:
    """DeleteCertificate."""
    certificate = _certificates(self).pop(self._get_param("CertificateArn"))
    return json.dumps({"Certificate": certificate})


@action(DatabaseMigrationServiceResponse, "add_tags_to_resource")
def add_tags_to_resource(self: Any) -> str:
    """AddTagsToResource: a phase changes the tags of everything."""
    self.dms_backend.tagger.tag_resource(_tagged_by(self), self._get_param("Tags") or [])
    return json.dumps({})


@action(DatabaseMigrationServiceResponse, "remove_tags_from_resource")
def remove_tags_from_resource(self: Any) -> str:
    """RemoveTagsFromResource."""
    self.dms_backend.tagger.untag_resource_using_names(_tagged_by(self), self._get_param("TagKeys") or [])
    return json.dumps({})


def _tagged_by(response: Any) -> str:
    """What moto keeps the tags of a resource by: the ARN, but of a subnet group the name."""
    return str(response._get_param("ResourceArn")).split(":subgrp:")[-1]
