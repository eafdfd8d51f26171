"""Checkpoints: decisions and results of operations, as JSON in a versioned bucket.

A checkpoint is written before an irreversible change, so that a retry continues with the decisions of the first run.
The newest version is valid; the bucket keeps the older ones as evidence.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from common.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class Checkpoint:
    """Record of one step: its time, its execution, and the facts that a retry needs."""

    step: str
    at: str
    execution: str
    facts: Mapping[str, Any]

    @property
    def time(self) -> datetime:
        """Return the time at which it was written."""
        return datetime.fromisoformat(self.at)


@dataclass(frozen=True)
class Checkpoints:
    """Checkpoints of one workflow in one bucket."""

    client: "S3Client"
    bucket: str
    workflow: str
    clock: Clock

    def write(self, step: str, execution: str, facts: Mapping[str, Any]) -> Checkpoint:
        """Put a new version of the checkpoint of `step`."""
        checkpoint = Checkpoint(step, self.clock.now().isoformat(), execution, facts)
        self.put(self._key(step), {"step": step, "at": checkpoint.at, "execution": execution, "facts": dict(facts)})
        return checkpoint

    def read(self, step: str) -> Checkpoint | None:
        """Return the newest version of the checkpoint of `step`, None without one."""
        value = self.get(self._key(step))
        if value is None:
            return None
        return Checkpoint(value["step"], value["at"], value["execution"], value["facts"])

    def put(self, key: str, value: Any) -> None:
        """Put a JSON value, with the default encryption of the bucket."""
        self.put_text(key, _json(value), "application/json")

    def put_text(self, key: str, text: str, content_type: str) -> None:
        """Put a text, with the default encryption of the bucket."""
        self.client.put_object(Bucket=self.bucket, Key=key, Body=text.encode(), ContentType=content_type)

    def put_lines(self, key: str, values: Iterable[Any]) -> None:
        """Put JSON values, one a line."""
        self.put_text(key, "\n".join(_json(value) for value in values), "application/jsonl")

    def put_once(self, key: str, value: Any) -> bool:
        """Put a JSON value unless the key exists; return whether it was put."""
        try:
            self.client.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=_json(value).encode(),
                ContentType="application/json",
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
            return False
        return True

    def get(self, key: str) -> Any | None:
        """Return a JSON value, None if the key does not exist."""
        try:
            return json.loads(self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read())
        except self.client.exceptions.NoSuchKey:
            return None

    def _key(self, step: str) -> str:
        return f"checkpoints/{self.workflow}/{step}.json"


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
