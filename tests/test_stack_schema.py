"""The JSON Schema of stack files, checked with an independent validator, as editors use it."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

ROOT = Path(__file__).parent.parent
STACKS = sorted((ROOT / "stacks").glob("*.toml"))
INVALID = ROOT / "fixtures" / "invalid"

# Errors that the schema can express; only `paymig` finds errors across sections.
SCHEMA_ERRORS = [
    "missing-key",
    "percent-101",
    "unknown-key-in-overlay",
    "unknown-variant",
    "wrong-type-inside-variant",
]


@pytest.fixture(scope="module")
def schema() -> Any:
    """Read the schema next to the stack files."""
    return json.loads((ROOT / "stacks" / "stack.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def validator(schema: Any) -> Draft202012Validator:
    """Create a validator for the dialect of the schema."""
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    return Draft202012Validator(schema)


def errors(validator: Draft202012Validator, path: Path) -> list[str]:
    """Return the errors of a stack file with their positions."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def test_schema_is_valid_json_schema(schema: Any) -> None:
    """An editor rejects a schema that has any error."""
    Draft202012Validator.check_schema(schema)


def test_all_five_stack_files_are_found() -> None:
    """The tests below would pass for an empty list."""
    assert len(STACKS) == 5


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.stem)
def test_stack_file_is_valid(validator: Draft202012Validator, path: Path) -> None:
    """An editor reports no error in a file that `paymig` accepts."""
    assert errors(validator, path) == []


def test_base_fixture_is_valid(validator: Draft202012Validator) -> None:
    """The other fixtures differ from it only by the error in their name."""
    assert errors(validator, INVALID / "valid.toml") == []


@pytest.mark.parametrize("name", SCHEMA_ERRORS)
def test_invalid_stack_file_is_rejected(validator: Draft202012Validator, name: str) -> None:
    """An editor reports the schema errors that `paymig` reports."""
    assert errors(validator, INVALID / f"{name}.toml") != []
