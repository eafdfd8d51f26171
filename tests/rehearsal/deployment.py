"""The deployed stack, as the AWS APIs describe it: functions by their program, state machines, parameters."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

_INVOCATION_SECONDS = 900


@dataclass(frozen=True)
class Function:
    """A deployed Lambda function."""

    name: str
    variables: Mapping[str, str]
    timeout_seconds: int

    def invoke(self, **event: object) -> Any:
        """Return the result of an invocation; raise `FunctionFailed` with the error of the function."""
        response = _lambda().invoke(FunctionName=self.name, Payload=json.dumps(event))
        result = json.load(response["Payload"])
        if "FunctionError" in response:
            raise FunctionFailed(f"{event.get('operation')}: {result['errorType']}: {result['errorMessage']}")
        return result


class FunctionFailed(Exception):
    """A function raised an error."""


@dataclass(frozen=True)
class Replication:
    """A replication of the stack: addresses and secrets of both sides."""

    engine: str
    source: Mapping[str, Any]
    target: Mapping[str, Any]
    secrets: Mapping[str, str]
    """ARNs by the keys of REPLICATIONS, such as `source_secret`."""
    tables: tuple[str, ...]
    application_role: str

    @property
    def target_hosts(self) -> tuple[str, ...]:
        """The hosts of the target's clusters, the primary first."""
        return tuple(self.target.get("hosts") or (self.target["host"],))


@dataclass(frozen=True)
class Deployment:
    """Everything that the operator of a migration uses."""

    functions: Mapping[str, Function]
    """Functions by their program, such as `cutover`."""

    @property
    def cutover(self) -> Function:
        """The function of the cutover steps."""
        return self.functions["cutover"]

    def replication(self) -> Replication:
        """Return the only replication; raise `ValueError` for several."""
        (entry,) = json.loads(self.cutover.variables["REPLICATIONS"])
        return Replication(
            engine=entry["engine"],
            source=entry["source_address"],
            target=entry["target_address"],
            secrets={name: value for name, value in entry.items() if name.endswith("_secret") and value},
            tables=tuple(entry["tables"]),
            application_role=entry["application_role"],
        )

    def parameter(self, name: str) -> str:
        """Return the value of a parameter below the prefix of the environment."""
        found = boto3.client("ssm").get_parameter(Name=self.parameter_path(name))
        return str(found["Parameter"]["Value"])

    def parameter_path(self, name: str) -> str:
        """Return the path of a parameter."""
        return f"{self.cutover.variables['PARAMETER_PREFIX']}/{name}"


def find_deployment() -> Deployment:
    """Return the deployment in the account, which must be the only one."""
    functions: dict[str, Function] = {}
    for page in _lambda().get_paginator("list_functions").paginate():
        for each in page["Functions"]:
            variables = each.get("Environment", {}).get("Variables", {})
            program = each.get("Handler", "").partition(".")[0]
            functions[program] = Function(each["FunctionName"], variables, each["Timeout"])
    return Deployment(functions)


def _lambda() -> Any:
    return boto3.client("lambda", config=Config(read_timeout=_INVOCATION_SECONDS, retries={"total_max_attempts": 1}))
