"""Names of DMS exist once."""

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client


@pytest.mark.parametrize("second", ["payments", "Payments"])
def test_existing_endpoint_is_rejected(client: Client, second: str) -> None:
    dms = client("dms")
    dms.create_endpoint(EndpointIdentifier="payments", EndpointType="source", EngineName="postgres")
    with pytest.raises(ClientError, match="ResourceAlreadyExistsFault"):
        dms.create_endpoint(EndpointIdentifier=second, EndpointType="source", EngineName="postgres")


def test_existing_certificate_is_rejected(client: Client) -> None:
    dms = client("dms")
    dms.import_certificate(CertificateIdentifier="payments", CertificatePem="-----BEGIN CERTIFICATE-----")
    with pytest.raises(ClientError, match="ResourceAlreadyExistsFault"):
        dms.import_certificate(CertificateIdentifier="payments", CertificatePem="-----BEGIN CERTIFICATE-----")


def test_existing_task_is_rejected_whatever_its_resource_identifier(client: Client) -> None:
    dms = client("dms")
    task = {
        "ReplicationTaskIdentifier": "payments",
        "SourceEndpointArn": "arn:aws:dms:us-east-1:123456789012:endpoint:SOURCE",
        "TargetEndpointArn": "arn:aws:dms:us-east-1:123456789012:endpoint:TARGET",
        "ReplicationInstanceArn": "arn:aws:dms:us-east-1:123456789012:rep:INSTANCE",
        "MigrationType": "cdc",
        "TableMappings": "{}",
    }
    dms.create_replication_task(**task, ResourceIdentifier="first")
    with pytest.raises(ClientError, match="ResourceAlreadyExistsFault"):
        dms.create_replication_task(**task, ResourceIdentifier="second")
