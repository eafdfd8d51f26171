"""DMS: names of endpoints, tasks and certificates exist once."""

from collections.abc import Iterable
from typing import Any

from moto.dms.exceptions import ResourceAlreadyExistsFault
from moto.dms.responses import DatabaseMigrationServiceResponse

from local_aws.dms import certificates
from local_aws.patching import Method, wrap


def reject_existing(name: str, existing: Iterable[str]) -> None:
    """Raise the error of AWS; DMS stores names in lower case."""
    if name.lower() in {other.lower() for other in existing}:
        raise ResourceAlreadyExistsFault(f"The resource {name} already exists.")


@wrap(DatabaseMigrationServiceResponse, "create_endpoint")
def reject_existing_endpoint(original: Method, self: Any) -> Any:
    """moto creates a second one with another ARN."""
    endpoints = self.dms_backend.endpoints.values()
    reject_existing(self._get_param("EndpointIdentifier"), (endpoint.endpoint_identifier for endpoint in endpoints))
    return original(self)


@wrap(DatabaseMigrationServiceResponse, "create_replication_task")
def reject_existing_task(original: Method, self: Any) -> Any:
    """moto compares ARNs, which end with the resource identifier."""
    tasks = self.dms_backend.replication_tasks.values()
    reject_existing(self._get_param("ReplicationTaskIdentifier"), (task.id for task in tasks))
    return original(self)


@wrap(DatabaseMigrationServiceResponse, "import_certificate")
def reject_existing_certificate(original: Method, self: Any) -> Any:
    """AWS does not replace a certificate."""
    imported = certificates(self).values()
    names = (certificate["CertificateIdentifier"] for certificate in imported)
    reject_existing(self._get_param("CertificateIdentifier"), names)
    return original(self)
