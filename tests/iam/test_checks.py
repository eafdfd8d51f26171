"""A policy that allows too much or too little is found out."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from iam import keys, policy
from iam.actions import actions_of
from iam.clients import Call
from iam.documents import Function
from iam.text import decoded

LOG = {"Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Effect": "Allow", "Resource": "*"}
GET = [Call("s3", "get_object")]
BUCKET = "${aws_s3_bucket.store.arn}"
KEY = "${aws_kms_key.store.arn}"


def allow(*actions: str, on: str = "*") -> dict[str, Any]:
    return {"Action": [*actions], "Effect": "Allow", "Resource": on}


def function(*statements: Mapping[str, Any], **body: Any) -> Function:
    text = json.dumps({"Statement": [LOG, *statements]}).replace('": ', '" = ')
    role = {"role": "${aws_iam_role.it.name}", "policy": f"${{jsonencode({text})}}"}
    elements = {
        "aws_lambda_function.it": {"role": "${aws_iam_role.it.arn}", "environment": {"variables": {}}, **body},
        "aws_iam_role.it": {"name": "it"},
        "aws_iam_role_policy.it": role,
        "aws_s3_bucket_server_side_encryption_configuration.store": {
            "bucket": "${aws_s3_bucket.store.id}",
            "rule": {"kms_master_key_id": KEY},
        },
    }
    return Function("stack/environment", "aws_lambda_function.it", elements)


def found(function: Function, calls: list[Call]) -> tuple[list[str], list[str]]:
    return policy.unused(function, calls), policy.missing(function, calls)


def on_keys(function: Function) -> tuple[list[str], list[str]]:
    return keys.unexplained(function), keys.missing(function)


def test_what_is_called_is_allowed() -> None:
    assert found(function(allow("s3:GetObject"), handler="a.b"), GET) == ([], [])


def test_one_action_too_many_is_found() -> None:
    assert found(function(allow("s3:GetObject", "s3:PutObject"), handler="a.b"), GET) == (["s3:PutObject"], [])


def test_one_action_too_few_is_found() -> None:
    assert found(function(handler="a.b"), GET) == ([], ["s3:GetObject"])


def test_a_pattern_is_more_than_what_is_called() -> None:
    assert found(function(allow("s3:Get*"), handler="a.b"), GET) == (["s3:Get*"], ["s3:GetObject"])


def test_network_interfaces_belong_to_a_network() -> None:
    interfaces = allow("ec2:CreateNetworkInterface")
    assert found(function(interfaces, handler="a.b"), []) == (["ec2:CreateNetworkInterface"], [])
    assert "ec2:DeleteNetworkInterface" in found(function(interfaces, handler="a.b", vpc_config={}), [])[1]


def test_traces_belong_to_a_function_that_is_traced() -> None:
    traced = function(handler="a.b", tracing_config={"mode": "Active"})
    assert found(traced, []) == ([], ["xray:PutTelemetryRecords", "xray:PutTraceSegments"])


def test_a_setting_that_is_not_made_excuses_its_calls_and_no_others() -> None:
    calls = [Call("route53", "update_health_check"), Call("sns", "publish")]
    assert found(function(handler="dns_failback.handler.handle"), calls) == ([], ["sns:Publish"])
    assert found(function(handler="checks.handler.handle"), calls)[1] == ["route53:UpdateHealthCheck", "sns:Publish"]


def test_a_setting_that_is_made_excuses_nothing() -> None:
    variables = {"variables": {"HEALTH_CHECK_IDS": "${jsonencode([aws_route53_health_check.it.id])}"}}
    told = function(handler="dns_failback.handler.handle", environment=variables)
    assert found(told, [Call("route53", "update_health_check")])[1] == ["route53:UpdateHealthCheck"]


def test_a_key_is_allowed_with_what_it_encrypts() -> None:
    assert on_keys(function(allow("s3:GetObject", on=BUCKET), allow("kms:Decrypt", on=KEY))) == ([], [])


def test_a_key_without_a_store_is_found() -> None:
    assert on_keys(function(allow("kms:Decrypt", on=KEY))) == ([f"kms:Decrypt on {KEY}"], [])


def test_a_key_for_more_than_the_store_is_found() -> None:
    allowed = function(allow("s3:GetObject", on=BUCKET), allow("kms:Decrypt", "kms:Encrypt", on=KEY))
    assert on_keys(allowed) == ([f"kms:Encrypt on {KEY}"], [])


def test_a_store_without_its_key_is_found() -> None:
    assert on_keys(function(allow("s3:GetObject", on=BUCKET))) == ([], ["kms:Decrypt for aws_s3_bucket.store"])


def test_a_call_that_iam_knows_by_another_name_is_told() -> None:
    with pytest.raises(AssertionError, match="IAM knows no s3:HeadBucket"):
        actions_of([Call("s3", "head_bucket")])


@pytest.mark.parametrize("effect", [{"Effect": "Deny"}, {"NotAction": "s3:*"}, {"NotResource": "*"}])
def test_a_statement_that_is_not_understood_is_told(effect: dict[str, str]) -> None:
    with pytest.raises(AssertionError, match="what does this allow"):
        found(function(allow("s3:GetObject") | effect, handler="a.b"), [])


def test_a_policy_that_is_written_elsewhere_is_told() -> None:
    attached = function(handler="a.b")
    body = {"role": "${aws_iam_role.it.name}", "policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}
    elements = {**attached.elements, "aws_iam_role_policy_attachment.it": body}
    with pytest.raises(AssertionError, match="is not written in the document"):
        found(Function("stack/environment", attached.address, elements), [])


def test_text_is_read_with_its_references() -> None:
    text = '${jsonencode({"a" = ["x=${aws_s3_bucket.a-b.arn}/*", data.aws_kms_key.c.arn, 1], "b" = true})}'
    expected = {"a": ["x=${aws_s3_bucket.a-b.arn}/*", "${data.aws_kms_key.c.arn}", 1], "b": True}
    assert decoded(text) == expected


@pytest.mark.parametrize("text", ["{}", '${jsonencode({"a" = upper("b")})}', '${jsonencode({"a" = "${upper("b")}"})}'])
def test_text_that_is_worked_out_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"understood|of the form"):
        decoded(text)
