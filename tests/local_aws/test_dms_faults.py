"""A test sets the faults of a running server."""

from typing import Any
from urllib.error import HTTPError

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client
from local_aws.internal_requests import request


def call(server: str, method: str, account: str, faults: dict[str, Any] | None = None) -> dict[str, Any]:
    """Call the path of the faults."""
    found: dict[str, Any] = request(server, method, f"dms-faults?account={account}", faults)
    return found


def account_of(client: Client) -> str:
    """Return the account of the client's calls."""
    account: str = client("sts").get_caller_identity()["Account"]
    return account


def test_fault_is_set_in_one_account_and_removed(server: str, client: Client) -> None:
    account = account_of(client)
    call(server, "PUT", account, {"throttled": {"DescribeReplicationTasks": 100}})
    with pytest.raises(ClientError, match="ThrottlingException"):
        client("dms").describe_replication_tasks()
    assert call(server, "GET", "123456789012")["throttled"] == {}
    assert call(server, "DELETE", account)["throttled"] == {}
    assert client("dms").describe_replication_tasks()["ReplicationTasks"] == []


def test_address_of_a_server_is_set(server: str, client: Client) -> None:
    addresses = {"db.corp.example.com:5432": {"host": "127.0.0.1", "port": 5433, "tls": "require", "authority": ""}}
    assert call(server, "PUT", account_of(client), {"addresses": addresses})["addresses"] == addresses


def test_unknown_fault_is_rejected(server: str, client: Client) -> None:
    with pytest.raises(HTTPError) as error:
        call(server, "PUT", account_of(client), {"slowness": 1})
    assert "unknown fault slowness; write one of addresses" in error.value.read().decode()
