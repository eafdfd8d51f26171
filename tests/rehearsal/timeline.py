"""The steps of a run with their times, and the writer by time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import boto3

from rehearsal.deployment import Deployment


@dataclass(frozen=True)
class Step:
    """A step of the migration: Unix times, and the longest time that the deployment allows."""

    stage: str
    name: str
    began_at: float
    ended_at: float
    limit_seconds: float | None

    @property
    def seconds(self) -> float:
        """The duration."""
        return self.ended_at - self.began_at


@dataclass
class Timeline:
    """All steps in their order."""

    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, stage: str, name: str, limit_seconds: float | None = None) -> Iterator[None]:
        """Record what runs inside the `with` block as a step."""
        began_at = time.time()
        yield
        self.steps.append(Step(stage, name, began_at, time.time(), limit_seconds))


@dataclass(frozen=True)
class WriterChange:
    """A value of the parameter `writer`, from a Unix time on."""

    writer: str
    since: float


def writer_history(deployment: Deployment) -> list[WriterChange]:
    """Return all values of the parameter `writer`."""
    pages = boto3.client("ssm").get_paginator("get_parameter_history")
    versions: list[Any] = [
        version for page in pages.paginate(Name=deployment.parameter_path("writer")) for version in page["Parameters"]
    ]
    return [WriterChange(each["Value"], each["LastModifiedDate"].timestamp()) for each in versions]


@dataclass(frozen=True)
class Switchover:
    """A change of the writer, from the fence of the outgoing one to the promotion of the incoming one."""

    outgoing: str
    incoming: str
    fenced_at: float
    promoted_at: float

    @property
    def name(self) -> str:
        """The kind of the switchover."""
        return "cutover" if self.incoming == "target" else "rollback"


def switchovers(history: list[WriterChange]) -> list[Switchover]:
    """Return the changes of the writer; a fence that was lifted is none."""
    changes = [later for before, later in pairwise([WriterChange("", 0), *history]) if before.writer != later.writer]
    return [
        Switchover(before.writer, after.writer, fence.since, after.since)
        for before, fence, after in zip(changes, changes[1:], changes[2:], strict=False)
        if fence.writer == "fenced" and before.writer != after.writer
    ]
