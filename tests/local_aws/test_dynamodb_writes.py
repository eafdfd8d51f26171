"""Of concurrent conditional writes to one item, one succeeds."""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

import local_aws.dynamodb_writes  # noqa: F401  the import patches moto

WRITERS = 4
ITEMS = 50


@pytest.fixture
def frequent_thread_switches() -> Iterator[None]:
    """Let threads interrupt each other between any two steps, as those of a server do now and then."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def test_concurrent_puts_of_one_key_succeed_once(
    monkeypatch: pytest.MonkeyPatch, frequent_thread_switches: None
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name="us-east-1")
        dynamodb.create_table(
            TableName="transactions",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        together = threading.Barrier(WRITERS)

        def put_items(_: int) -> int:
            created = 0
            for item in range(ITEMS):
                together.wait()
                try:
                    dynamodb.put_item(
                        TableName="transactions",
                        Item={"id": {"S": str(item)}},
                        ConditionExpression="attribute_not_exists(id)",
                    )
                except ClientError as error:
                    assert error.response["Error"]["Code"] == "ConditionalCheckFailedException"
                else:
                    created += 1
            return created

        with ThreadPoolExecutor(WRITERS) as pool:
            assert sum(pool.map(put_items, range(WRITERS))) == ITEMS
