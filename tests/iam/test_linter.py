"""Every policy of every stack passes the linter: actions exist, and fit their resources and conditions."""

import json
from functools import cache
from typing import Any

import pytest

from iam.linter import EXEMPTIONS, findings, used_exemptions
from iam.policy_documents import PolicyDocument, policy_document, policy_documents

KEY = "${aws_kms_key.main.arn}"
BUCKET = "${aws_s3_bucket.store.arn}"


@cache
def documents() -> tuple[PolicyDocument, ...]:
    """Return each content once: environments differ in names only."""
    unique = {(each.kind, json.dumps(each.content)): each for each in policy_documents()}
    return tuple(unique.values())


def kinds() -> set[str]:
    return {each.kind for each in documents()}


def test_policies_have_no_findings() -> None:
    found = {str(document): found for document in documents() if (found := findings(document))}
    assert found == {}


def test_identity_resource_and_trust_policies_are_checked() -> None:
    assert {"aws_iam_role_policy.policy", "aws_iam_role.assume_role_policy", "aws_kms_key.policy"} <= kinds()
    assert {"aws_s3_bucket_policy.policy", "aws_sns_topic_policy.policy", "aws_vpc_endpoint.policy"} <= kinds()


def test_every_exemption_is_used() -> None:
    used = {exemption for document in documents() for exemption in used_exemptions(document)}
    assert used == set(EXEMPTIONS)


def document(kind: str = "aws_iam_role_policy.policy", **statement: Any) -> PolicyDocument:
    address, _, argument = kind.rpartition(".")
    statement = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [f"{BUCKET}/*"]} | statement
    content = {"Version": "2012-10-17", "Statement": [statement]}
    return policy_document("stack/environment", f"{address}.it", argument, content)


PREFIX = {"Condition": {"StringEquals": {"s3:prefix": "a"}}}
OPERATOR = {"Condition": {"StringEqual": {"aws:SourceAccount": "123456789012"}}}
DEFECTS = {
    "an unknown action": ("s3:GetObjects", BUCKET, {}, "UNKNOWN_ACTION"),
    "an unknown service": ("s4:GetObject", BUCKET, {}, "UNKNOWN_PREFIX"),
    "an object action on a bucket": ("s3:GetObject", BUCKET, {}, "RESOURCE_MISMATCH"),
    "a key action on a bucket": ("kms:Decrypt", BUCKET, {}, "RESOURCE_MISMATCH"),
    "every secret": ("secretsmanager:GetSecretValue", "*", {}, "RESOURCE_STAR"),
    "a condition key of another service": ("kms:Decrypt", KEY, PREFIX, "UNKNOWN_CONDITION_FOR_ACTION"),
    "an unknown operator": ("kms:Decrypt", KEY, OPERATOR, "UNKNOWN_OPERATOR"),
}


@pytest.mark.parametrize(("action", "resource", "condition", "issue"), DEFECTS.values(), ids=DEFECTS)
def test_defect_is_found(action: str, resource: str, condition: dict[str, Any], issue: str) -> None:
    wrong = document(Action=[action], Resource=[resource], **condition)
    assert any(finding.startswith(issue) for finding in findings(wrong)), findings(wrong)


def test_correct_policy_has_no_findings() -> None:
    assert findings(document()) == []
    assert findings(document(Action=["kms:Decrypt"], Resource=[KEY])) == []


def test_trust_policy_is_linted_with_the_role_as_resource() -> None:
    trust = {"Principal": {"Service": ["lambda.amazonaws.com"]}}
    kind = "aws_iam_role.assume_role_policy"
    assert findings(document(kind, Action=["sts:AssumeRole"], **trust)) == []
    assert findings(document(kind, Action=["sts:AssumeRoles"], **trust)) != []


def test_exemption_covers_its_kind_only() -> None:
    star = {"Action": ["kms:Decrypt"], "Resource": ["*"], "Principal": {"AWS": "123456789012"}}
    assert findings(document("aws_kms_key.policy", **star)) == []
    assert findings(document("aws_s3_bucket_policy.policy", **star)) != []


def test_reference_without_example_is_rejected() -> None:
    with pytest.raises(AssertionError, match=r"aws_sqs_queue\.arn has no example"):
        document(Resource=["${aws_sqs_queue.it.arn}"])
