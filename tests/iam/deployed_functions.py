"""The Lambda functions of the committed configurations, with the policies of their roles."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from iam.program import ROOT
from iam.terraform_values import decode

SNAPSHOTS = ROOT / "tests" / "snapshots"
NO_RESOURCES = ("alike", "document", "outline")

Resources = Mapping[str, Mapping[str, Any]]
"""The resources of a configuration, by address."""


@dataclass(frozen=True)
class Statement:
    """An Allow statement of a policy."""

    actions: frozenset[str]
    resources: frozenset[str]
    conditions: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Function:
    """A function of one configuration."""

    configuration: str
    address: str
    resources: Resources

    def __str__(self) -> str:
        """Return the id of parametrized tests."""
        return f"{self.configuration}/{self.address.partition('.')[2]}"

    @property
    def body(self) -> Mapping[str, Any]:
        """The arguments of the resource."""
        return self.resources[self.address]

    @property
    def handler(self) -> str | None:
        """The handler; None for a container image, whose code is not in this project."""
        return None if self.body.get("package_type") == "Image" else str(self.body["handler"])

    @property
    def variables(self) -> Mapping[str, str]:
        """The environment variables."""
        variables: Mapping[str, str] = self.body["environment"]["variables"]
        return variables

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The statements of its role."""
        return tuple(statements(self.resources, str(self.body["role"])))


def configurations() -> Iterator[tuple[str, Resources]]:
    """Yield the resources of every stack and environment."""
    for folder in sorted(file.parent for file in SNAPSHOTS.glob("*/*/document.snap")):
        yield str(folder.relative_to(SNAPSHOTS)), _resources(folder)


def functions() -> Iterator[Function]:
    """Yield the functions of every stack and environment."""
    for configuration, resources in configurations():
        for address in sorted(resources):
            if address.startswith("aws_lambda_function."):
                yield Function(configuration, address, resources)


def statements(resources: Resources, role: str) -> Iterator[Statement]:
    """Yield the statements of a role, given as `${aws_iam_role.….arn}`."""
    found = re.fullmatch(r"\$\{(aws_iam_role\.[\w-]+)\.arn\}", role)
    if found is None or found[1] not in resources:
        raise AssertionError(f"{role} is not a role of the configuration")
    if resources[found[1]].keys() - {"assume_role_policy", "description", "name", "permissions_boundary"}:
        raise AssertionError(f"{role} may have inline policies: {sorted(resources[found[1]])}")
    of_role = f"${{{found[1]}.name}}"
    for address, resource in resources.items():
        if resource.get("role") == of_role and not address.startswith("aws_iam_instance_profile."):
            if not address.startswith("aws_iam_role_policy."):
                raise AssertionError(f"the permissions of {address} are not in the configuration")
            yield from map(_statement, decode(resource["policy"])["Statement"])


def _statement(content: Mapping[str, Any]) -> Statement:
    if content["Effect"] != "Allow" or content.keys() - {"Action", "Condition", "Effect", "Resource", "Sid"}:
        raise AssertionError(f"unsupported statement: {content}")
    return Statement(
        frozenset(_several(content["Action"])),
        frozenset(_several(content["Resource"])),
        content.get("Condition", {}),
    )


def _several(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else value


def _resources(folder: Path) -> dict[str, Mapping[str, Any]]:
    """Read the resources, including those stored under another environment (`tests/compatibility/snapshots.rs`)."""
    files = [file for file in folder.glob("*.snap") if file.stem not in NO_RESOURCES]
    alike = folder / "alike.snap"
    for line in _content(alike).splitlines() if alike.exists() else ():
        name, _, environment = line.partition("  as in ")
        files.append(folder.parent / environment / f"{name}.snap")
    resources: dict[str, Mapping[str, Any]] = {}
    for file in files:
        resources.update(json.loads(_content(file)))
    return resources


def _content(file: Path) -> str:
    return file.read_text(encoding="utf-8").split("---\n", 2)[2]
