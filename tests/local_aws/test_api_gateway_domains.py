"""A custom domain name of API Gateway exists once in a Region."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client

NAME = "api.example.com"


def create_domain_name(client: Client, region: str = "us-east-1") -> Any:
    return client("apigateway", region).create_domain_name(
        domainName=NAME,
        regionalCertificateArn=f"arn:aws:acm:{region}:123456789012:certificate/00000000-0000-0000-0000-000000000000",
        endpointConfiguration={"types": ["REGIONAL"]},
    )


def test_existing_domain_name_is_rejected(client: Client) -> None:
    create_domain_name(client)
    with pytest.raises(ClientError, match=r"BadRequestException.*The domain name you provided already exists"):
        create_domain_name(client)


def test_domain_name_of_the_other_api_version_is_rejected(client: Client) -> None:
    create_domain_name(client)
    with pytest.raises(ClientError, match="ConflictException"):
        client("apigatewayv2").create_domain_name(DomainName=NAME)


def test_domain_name_of_another_region_is_accepted(client: Client) -> None:
    create_domain_name(client)
    assert create_domain_name(client, "us-east-2")["domainName"] == NAME


def test_deleted_domain_name_can_be_created_again(client: Client) -> None:
    create_domain_name(client)
    client("apigateway").delete_domain_name(domainName=NAME)
    assert create_domain_name(client)["domainName"] == NAME
