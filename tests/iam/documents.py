"""The functions of the reviewed documents, with the policies of their roles."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from iam.program import ROOT
from iam.text import decoded

SNAPSHOTS = ROOT / "tests" / "snapshots"
NO_ELEMENTS = ("alike", "document", "outline")

Elements = Mapping[str, Mapping[str, Any]]
"""The elements of a document, by address."""


@dataclass(frozen=True)
class Statement:
    """What a policy allows."""

    actions: frozenset[str]
    resources: frozenset[str]
    conditions: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Function:
    """A function of one document."""

    document: str
    address: str
    elements: Elements

    def __str__(self) -> str:
        """As a test is called."""
        return f"{self.document}/{self.address.partition('.')[2]}"

    @property
    def body(self) -> Mapping[str, Any]:
        """The element."""
        return self.elements[self.address]

    @property
    def handler(self) -> str | None:
        """What Lambda calls; None where that is an image's business, whose code is not here."""
        return None if self.body.get("package_type") == "Image" else str(self.body["handler"])

    @property
    def variables(self) -> Mapping[str, str]:
        """What its environment tells it."""
        variables: Mapping[str, str] = self.body["environment"]["variables"]
        return variables

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """What its role may do."""
        return tuple(statements(self.elements, str(self.body["role"])))


def functions() -> Iterator[Function]:
    """Every function of every stack and environment."""
    for folder in sorted(file.parent for file in SNAPSHOTS.glob("*/*/document.snap")):
        elements = _elements(folder)
        for address in sorted(elements):
            if address.startswith("aws_lambda_function."):
                yield Function(str(folder.relative_to(SNAPSHOTS)), address, elements)


def statements(elements: Elements, role: str) -> Iterator[Statement]:
    """What a role may do: `${aws_iam_role.….arn}`."""
    found = re.fullmatch(r"\$\{(aws_iam_role\.[\w-]+)\.arn\}", role)
    if found is None or found[1] not in elements:
        raise AssertionError(f"{role} is no role of the document")
    if elements[found[1]].keys() - {"assume_role_policy", "description", "name", "permissions_boundary"}:
        raise AssertionError(f"{role} may have policies in itself: {sorted(elements[found[1]])}")
    of_role = f"${{{found[1]}.name}}"
    for address, element in elements.items():
        if element.get("role") == of_role and not address.startswith("aws_iam_instance_profile."):
            if not address.startswith("aws_iam_role_policy."):
                raise AssertionError(f"what {address} allows is not written in the document")
            yield from map(_statement, decoded(element["policy"])["Statement"])


def _statement(content: Mapping[str, Any]) -> Statement:
    if content["Effect"] != "Allow" or content.keys() - {"Action", "Condition", "Effect", "Resource", "Sid"}:
        raise AssertionError(f"what does this allow? {content}")
    return Statement(
        frozenset(_several(content["Action"])),
        frozenset(_several(content["Resource"])),
        content.get("Condition", {}),
    )


def _several(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else value


def _elements(folder: Path) -> dict[str, Mapping[str, Any]]:
    """Elements of a configuration, with those stored under another environment (`tests/compatibility/snapshots.rs`)."""
    files = [file for file in folder.glob("*.snap") if file.stem not in NO_ELEMENTS]
    alike = folder / "alike.snap"
    for line in _content(alike).splitlines() if alike.exists() else ():
        name, _, environment = line.partition("  as in ")
        files.append(folder.parent / environment / f"{name}.snap")
    elements: dict[str, Mapping[str, Any]] = {}
    for file in files:
        elements.update(json.loads(_content(file)))
    return elements


def _content(file: Path) -> str:
    return file.read_text(encoding="utf-8").split("---\n", 2)[2]
