"""The policy of every function with code in `lambda/` allows exactly what its code calls."""

from functools import cache

import pytest

from iam import keys, policy
from iam.actions import actions_of
from iam.call_graph import reachable_calls
from iam.clients import Call
from iam.conditional_actions import CONDITIONAL_ACTIONS, ConditionalActions
from iam.deployed_functions import Function, functions
from iam.program import ROOT, read
from iam.references import References, references

# The code of container images is not in this project.
FUNCTIONS = [function for function in functions() if function.handler is not None]
LAMBDA = ROOT / "lambda"


@cache
def code() -> References:
    return references(read(LAMBDA))


@cache
def called(handler: str) -> frozenset[Call]:
    return frozenset(reachable_calls(code(), handler))


def called_by(function: Function) -> frozenset[Call]:
    assert function.handler is not None
    return called(function.handler)


def test_code_is_completely_resolved() -> None:
    assert code().errors == []


def test_every_handler_is_deployed() -> None:
    handlers = {f"{path.parent.name}.handler.handle" for path in LAMBDA.glob("*/handler.py")}
    assert {function.handler for function in FUNCTIONS} == handlers


@pytest.mark.parametrize("function", FUNCTIONS, ids=str)
def test_policy_allows_no_unused_action(function: Function) -> None:
    assert policy.unused(function, called_by(function)) == []


@pytest.mark.parametrize("function", FUNCTIONS, ids=str)
def test_policy_allows_every_called_action(function: Function) -> None:
    assert policy.missing(function, called_by(function)) == []


@pytest.mark.parametrize("function", FUNCTIONS, ids=str)
def test_kms_actions_match_encrypted_stores(function: Function) -> None:
    assert (keys.unused(function), keys.missing(function)) == ([], [])


@pytest.mark.parametrize("each", CONDITIONAL_ACTIONS, ids=lambda each: f"{each.package}-{each.variable}")
def test_conditional_actions_are_enabled_in_some_functions_only(each: ConditionalActions) -> None:
    functions_of_package = [function for function in FUNCTIONS if each.concerns(function)]
    assert {each.is_enabled(function) for function in functions_of_package} == {True, False}
    # An action that the code never calls must not be listed.
    assert each.actions <= actions_of(called(f"{each.package}.handler.handle"))
