"""Rust and Python agree in `lambda/contract.toml`: the Python half, held against the source of each function.

Rust's half is `tests/compatibility/lambda_contract`.
"""

import fnmatch
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from contract.errors import defined_errors
from contract.interface import Interface, interface_of, packages
from contract.operations import Operation
from contract.program import read

_ROOT = Path(__file__).parents[3]
_PROGRAM = read(_ROOT / "lambda")
_INTERFACES = {package: interface_of(_PROGRAM, package) for package in packages(_PROGRAM)}
_CONTRACT: dict[str, Any] = tomllib.loads((_ROOT / "lambda/contract.toml").read_text())
_FUNCTIONS: dict[str, Any] = _CONTRACT["functions"]
_TYPES = {"integer": "integer", "json": "json", "list": "string-list"}
"""The parsed types of the contract; all others are kinds of text."""


def test_functions_are_those_of_the_contract() -> None:
    assert _INTERFACES.keys() == _FUNCTIONS.keys()


@pytest.mark.parametrize("package", _FUNCTIONS)
def test_function_reads_the_variables_of_the_contract(package: str) -> None:
    function = _FUNCTIONS[package]
    assert {variable.name for variable in _interface(package).variables} == {
        *function["required"],
        *function["optional"],
    }


@pytest.mark.parametrize("package", _FUNCTIONS)
def test_function_requires_the_variables_that_the_contract_requires(package: str) -> None:
    required = {variable.name for variable in _interface(package).variables if variable.is_required}
    assert required <= set(_FUNCTIONS[package]["required"])


@pytest.mark.parametrize("package", _FUNCTIONS)
def test_function_parses_variables_by_the_types_of_the_contract(package: str) -> None:
    for variable in _interface(package).variables:
        entry = _CONTRACT["variables"][variable.name]
        assert variable.type == _TYPES.get(entry["type"], "string"), variable.name
        assert variable.is_prefix == entry.get("prefix", False), variable.name


@pytest.mark.parametrize("package", _FUNCTIONS)
def test_function_has_the_operations_of_the_contract(package: str) -> None:
    assert {operation.name for operation in _interface(package).operations} == _operations(package).keys()


@pytest.mark.parametrize("package", _FUNCTIONS)
def test_operations_read_the_arguments_of_the_contract(package: str) -> None:
    interface = _interface(package)
    common = _FUNCTIONS[package].get("common_arguments", {}).keys()
    for operation in interface.operations:
        arguments = _operations(package)[operation.name].get("arguments", {}).keys()
        assert operation.arguments.keys() - common == arguments, operation.name
    read_by_any = {name for operation in interface.operations for name in operation.arguments}
    assert common <= read_by_any | set(interface.shared_arguments)


@pytest.mark.parametrize("package", _FUNCTIONS)
def test_operations_return_the_answers_of_the_contract(package: str) -> None:
    for operation in _interface(package).operations:
        answer = _operations(package)[operation.name].get("answer", {}).keys()
        assert _answer(operation) == answer, operation.name


def test_errors_are_those_of_the_contract() -> None:
    raised_elsewhere = {name for name, error in _CONTRACT["errors"].items() if "raised_by" in error}
    defined = {error.name for error in defined_errors(_PROGRAM) if "MigrationError" in error.bases}
    assert defined == _CONTRACT["errors"].keys() - raised_elsewhere


def test_log_events_are_those_of_the_contract() -> None:
    contract = {(function, name) for name, event in _CONTRACT["events"].items() for function in event["functions"]}
    written = {
        (package, name)
        for package, interface in _INTERFACES.items()
        for event in interface.events
        for name in _names_of(event.name)
    }
    assert written == contract


def test_metrics_are_those_of_the_contract() -> None:
    written = {
        metric.name: list(metric.dimensions) for interface in _INTERFACES.values() for metric in interface.metrics
    }
    contract = {
        name: metric["dimensions"] for name, metric in _CONTRACT["metrics"].items() if "written_by" not in metric
    }
    assert written == contract


def test_parameters_are_those_of_the_contract() -> None:
    used = {path for interface in _INTERFACES.values() for path in interface.parameters}
    assert used == _CONTRACT["parameters"].keys()


def test_objects_are_those_of_the_contract() -> None:
    used = {prefix for interface in _INTERFACES.values() for prefix in interface.s3_prefixes}
    assert used == _CONTRACT["objects"].keys()


def _interface(package: str) -> Interface:
    return _INTERFACES[package]


def _operations(package: str) -> Mapping[str, Any]:
    function = _FUNCTIONS[package]
    return {**function.get("operations", {}), **function.get("actions", {})}


def _answer(operation: Operation) -> frozenset[str]:
    """Return the members of the answer; none if the source computes them."""
    return operation.answer or frozenset()


def _names_of(event: str) -> list[str]:
    """Return the events that a name with a computed part may be."""
    return fnmatch.filter(_CONTRACT["events"], event) if "*" in event else [event]
