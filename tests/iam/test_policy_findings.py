"""Policies that allow too much or too little are found."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from iam import keys, policy
from iam.actions import actions_of
from iam.clients import Call
from iam.deployed_functions import Function
from iam.terraform_values import decode

LOG = {"Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Effect": "Allow", "Resource": "*"}
GET = [Call("s3", "get_object")]
BUCKET = "${aws_s3_bucket.store.arn}"
KEY = "${aws_kms_key.store.arn}"


def allow(*actions: str, on: str = "*") -> dict[str, Any]:
    return {"Action": [*actions], "Effect": "Allow", "Resource": on}


def function(*statements: Mapping[str, Any], **body: Any) -> Function:
    text = json.dumps({"Statement": [LOG, *statements]}).replace('": ', '" = ')
    role = {"role": "${aws_iam_role.it.name}", "policy": f"${{jsonencode({text})}}"}
    resources = {
        "aws_lambda_function.it": {"role": "${aws_iam_role.it.arn}", "environment": {"variables": {}}, **body},
        "aws_iam_role.it": {"name": "it"},
        "aws_iam_role_policy.it": role,
        "aws_s3_bucket_server_side_encryption_configuration.store": {
            "bucket": "${aws_s3_bucket.store.id}",
            "rule": {"kms_master_key_id": KEY},
        },
    }
    return Function("stack/environment", "aws_lambda_function.it", resources)


def found(function: Function, calls: list[Call]) -> tuple[list[str], list[str]]:
    return policy.unused(function, calls), policy.missing(function, calls)


def found_on_keys(function: Function) -> tuple[list[str], list[str]]:
    return keys.unused(function), keys.missing(function)


def test_exact_policy_has_no_findings() -> None:
    assert found(function(allow("s3:GetObject"), handler="a.b"), GET) == ([], [])


def test_unused_action_is_found() -> None:
    assert found(function(allow("s3:GetObject", "s3:PutObject"), handler="a.b"), GET) == (["s3:PutObject"], [])


def test_missing_action_is_found() -> None:
    assert found(function(handler="a.b"), GET) == ([], ["s3:GetObject"])


def test_wildcard_is_both_unused_and_missing() -> None:
    assert found(function(allow("s3:Get*"), handler="a.b"), GET) == (["s3:Get*"], ["s3:GetObject"])


def test_network_interface_actions_require_a_vpc() -> None:
    interfaces = allow("ec2:CreateNetworkInterface")
    assert found(function(interfaces, handler="a.b"), []) == (["ec2:CreateNetworkInterface"], [])
    assert "ec2:DeleteNetworkInterface" in found(function(interfaces, handler="a.b", vpc_config={}), [])[1]


def test_trace_actions_are_required_by_active_tracing() -> None:
    traced = function(handler="a.b", tracing_config={"mode": "Active"})
    assert found(traced, []) == ([], ["xray:PutTelemetryRecords", "xray:PutTraceSegments"])


def test_disabled_actions_may_be_missing_in_their_package_only() -> None:
    calls = [Call("elbv2", "modify_rule"), Call("sns", "publish")]
    assert found(function(handler="cutover.handler.handle"), calls) == ([], ["sns:Publish"])
    assert found(function(handler="custom_resource.handler.handle"), calls)[1] == [
        "elasticloadbalancing:ModifyRule",
        "sns:Publish",
    ]


def test_enabled_actions_must_be_allowed() -> None:
    variables = {"variables": {"LISTENER_RULE": "${aws_lb_listener_rule.it.arn}"}}
    enabled = function(handler="cutover.handler.handle", environment=variables)
    assert found(enabled, [Call("elbv2", "modify_rule")])[1] == ["elasticloadbalancing:ModifyRule"]


def test_kms_action_for_encrypted_store_has_no_findings() -> None:
    assert found_on_keys(function(allow("s3:GetObject", on=BUCKET), allow("kms:Decrypt", on=KEY))) == ([], [])


def test_kms_action_without_store_is_unused() -> None:
    assert found_on_keys(function(allow("kms:Decrypt", on=KEY))) == ([f"kms:Decrypt on {KEY}"], [])


def test_kms_action_beyond_the_store_is_unused() -> None:
    allowed = function(allow("s3:GetObject", on=BUCKET), allow("kms:Decrypt", "kms:Encrypt", on=KEY))
    assert found_on_keys(allowed) == ([f"kms:Encrypt on {KEY}"], [])


def test_store_without_kms_action_is_missing() -> None:
    assert found_on_keys(function(allow("s3:GetObject", on=BUCKET))) == ([], ["kms:Decrypt for aws_s3_bucket.store"])


def test_call_without_iam_action_is_rejected() -> None:
    with pytest.raises(AssertionError, match="no such IAM action: s3:HeadBucket"):
        actions_of([Call("s3", "head_bucket")])


@pytest.mark.parametrize("effect", [{"Effect": "Deny"}, {"NotAction": "s3:*"}, {"NotResource": "*"}])
def test_unsupported_statement_is_rejected(effect: dict[str, str]) -> None:
    with pytest.raises(AssertionError, match="unsupported statement"):
        found(function(allow("s3:GetObject") | effect, handler="a.b"), [])


def test_attached_policy_is_rejected() -> None:
    attached = function(handler="a.b")
    body = {"role": "${aws_iam_role.it.name}", "policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}
    resources = {**attached.resources, "aws_iam_role_policy_attachment.it": body}
    with pytest.raises(AssertionError, match="are not in the configuration"):
        found(Function("stack/environment", attached.address, resources), [])


def test_decode_keeps_references() -> None:
    text = '${jsonencode({"a" = ["x=${aws_s3_bucket.a-b.arn}/*", data.aws_kms_key.c.arn, 1], "b" = true})}'
    expected = {"a": ["x=${aws_s3_bucket.a-b.arn}/*", "${data.aws_kms_key.c.arn}", 1], "b": True}
    assert decode(text) == expected


@pytest.mark.parametrize("text", ["{}", '${jsonencode({"a" = upper("b")})}', '${jsonencode({"a" = "${upper("b")}"})}'])
def test_decode_rejects_function_calls(text: str) -> None:
    with pytest.raises(ValueError, match=r"unsupported expression|of the form"):
        decode(text)
