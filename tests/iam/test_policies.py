"""Every function that runs code of `lambda/` is allowed what its code calls, and nothing else."""

from functools import cache

import pytest

from iam import keys, policy
from iam.actions import actions_of
from iam.clients import Call
from iam.documents import Function, functions
from iam.program import ROOT, read
from iam.reach import calls
from iam.references import References, references
from iam.settings import SETTINGS, Setting

# What an image does nobody here knows; the role of a service is an image's too.
SHIPPED = [function for function in functions() if function.handler is not None]
LAMBDA = ROOT / "lambda"


@cache
def code() -> References:
    return references(read(LAMBDA))


@cache
def called(handler: str) -> frozenset[Call]:
    return frozenset(calls(code(), handler))


def called_by(function: Function) -> frozenset[Call]:
    assert function.handler is not None
    return called(function.handler)


def test_everything_can_be_told_of_the_code() -> None:
    assert code().faults == []


def test_every_program_runs_somewhere() -> None:
    programs = {f"{path.parent.name}.handler.handle" for path in LAMBDA.glob("*/handler.py")}
    assert {function.handler for function in SHIPPED} == programs


@pytest.mark.parametrize("function", SHIPPED, ids=str)
def test_nothing_is_allowed_that_is_not_called(function: Function) -> None:
    assert policy.unused(function, called_by(function)) == []


@pytest.mark.parametrize("function", SHIPPED, ids=str)
def test_everything_is_allowed_that_is_called(function: Function) -> None:
    assert policy.missing(function, called_by(function)) == []


@pytest.mark.parametrize("function", SHIPPED, ids=str)
def test_keys_are_allowed_with_what_they_encrypt(function: Function) -> None:
    assert (keys.unexplained(function), keys.missing(function)) == ([], [])


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: f"{setting.package}-{setting.variable}")
def test_a_setting_tells_functions_of_one_program_apart(setting: Setting) -> None:
    of_program = [function for function in SHIPPED if setting.is_of(function)]
    assert {setting.is_made(function) for function in of_program} == {True, False}
    # What the code does not call needs no excuse.
    assert setting.actions <= actions_of(called(f"{setting.package}.handler.handle"))
