"""DynamoDB: a conditional write is atomic."""

import threading
from typing import Any, Final

from moto.dynamodb.models import DynamoDBBackend

from local_aws.patching import Method, wrap

_WRITING: Final = threading.RLock()
"""Held by one write at a time. A transaction calls the other writes."""


@wrap(DynamoDBBackend, "put_item")
@wrap(DynamoDBBackend, "update_item")
@wrap(DynamoDBBackend, "delete_item")
@wrap(DynamoDBBackend, "transact_write_items")
def write_atomically(original: Method, *args: Any, **kwargs: Any) -> Any:
    """AWS evaluates the condition and writes as one step; moto reads first and writes then."""
    with _WRITING:
        return original(*args, **kwargs)
