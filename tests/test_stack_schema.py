"""The schema of stack files, as editors read it: by a validator that is not ours."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

ROOT = Path(__file__).parent.parent
STACKS = sorted((ROOT / "stacks").glob("*.toml"))
INVALID = ROOT / "fixtures" / "invalid"

# What the schema can tell is wrong. What is wrong between sections only `paymig` knows.
WRONG_BY_SHAPE = [
    "missing-key",
    "percent-101",
    "unknown-key-in-overlay",
    "unknown-variant",
    "wrong-type-inside-variant",
]


@pytest.fixture(scope="module")
def schema() -> Any:
    """Read the schema that lies beside the stack files."""
    return json.loads((ROOT / "stacks" / "stack.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def validator(schema: Any) -> Draft202012Validator:
    """Build a validator of the dialect that the schema names."""
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    return Draft202012Validator(schema)


def errors(validator: Draft202012Validator, path: Path) -> list[str]:
    """Tell what is wrong with a stack file, and where."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def test_schema_is_valid_json_schema(schema: Any) -> None:
    """Editors refuse all of a schema that is wrong anywhere."""
    Draft202012Validator.check_schema(schema)


def test_all_five_stack_files_are_found() -> None:
    """An empty list would pass every test below."""
    assert len(STACKS) == 5


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.stem)
def test_stack_file_is_valid(validator: Draft202012Validator, path: Path) -> None:
    """What `paymig` accepts, an editor does not underline."""
    assert errors(validator, path) == []


def test_base_fixture_is_valid(validator: Draft202012Validator) -> None:
    """So what is wrong with the others is what they are called after."""
    assert errors(validator, INVALID / "valid.toml") == []


@pytest.mark.parametrize("name", WRONG_BY_SHAPE)
def test_invalid_stack_file_is_rejected(validator: Draft202012Validator, name: str) -> None:
    """What `paymig` refuses for its shape, an editor underlines."""
    assert errors(validator, INVALID / f"{name}.toml") != []
