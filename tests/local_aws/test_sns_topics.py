"""CreateTopic returns an existing topic only if it is the same."""

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client


def test_same_settings_return_the_existing_topic(client: Client) -> None:
    sns = client("sns")
    settings = {"Name": "alerts", "Tags": [{"Key": "Environment", "Value": "migration"}]}
    assert sns.create_topic(**settings)["TopicArn"] == sns.create_topic(**settings)["TopicArn"]


def test_other_tags_are_rejected(client: Client) -> None:
    sns = client("sns")
    sns.create_topic(Name="alerts", Tags=[{"Key": "Environment", "Value": "migration"}])
    with pytest.raises(ClientError, match=r"InvalidParameter.*already exists with different tags"):
        sns.create_topic(Name="alerts", Tags=[{"Key": "Environment", "Value": "production"}])


def test_other_attributes_are_rejected(client: Client) -> None:
    sns = client("sns")
    sns.create_topic(Name="alerts")
    with pytest.raises(ClientError, match=r"InvalidParameter.*already exists with different attributes"):
        sns.create_topic(Name="alerts", Attributes={"KmsMasterKeyId": "alias/payments"})
