"""The load balancer's events and the answers to them."""

import base64
import json
from http import HTTPStatus
from typing import Any

import pytest

from common.errors import InvalidEvent
from payments.http import (
    LONGEST_BODY,
    BodyTooLong,
    HeaderForm,
    RepeatedHeader,
    Response,
    parse_request,
    problem,
    render,
)


def event(**members: object) -> dict[str, Any]:
    return {
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:…"}},
        "httpMethod": "POST",
        "path": "/payments",
        "headers": {"Idempotency-Key": "k1"},
        "body": "{}",
        "isBase64Encoded": False,
        **members,
    }


def test_headers_are_found_in_any_case() -> None:
    assert parse_request(event()).header("idempotency-key") == "k1"


def test_multi_value_headers_are_read() -> None:
    given = event(multiValueHeaders={"Idempotency-Key": ["k1"]})
    del given["headers"]
    assert parse_request(given).header("idempotency-key") == "k1"


def test_a_header_given_twice_is_refused() -> None:
    request = parse_request(event(multiValueHeaders={"idempotency-key": ["k1"], "Idempotency-Key": ["k2"]}))
    with pytest.raises(RepeatedHeader):
        request.header("idempotency-key")


def test_a_body_in_base64_is_decoded() -> None:
    encoded = base64.b64encode(b'{"a":1}').decode()
    assert parse_request(event(body=encoded, isBase64Encoded=True)).body == b'{"a":1}'


@pytest.mark.parametrize(
    "members",
    [
        {"requestContext": {}},
        {"httpMethod": None},
        {"path": None},
        {"body": 1},
        {"body": "§", "isBase64Encoded": True},
    ],
)
def test_what_is_no_event_of_a_load_balancer_is_refused(members: dict[str, object]) -> None:
    with pytest.raises(InvalidEvent):
        parse_request(event(**members))


@pytest.mark.parametrize("length", [LONGEST_BODY + 1, LONGEST_BODY * 4])
def test_a_body_too_long_is_refused(length: int) -> None:
    with pytest.raises(BodyTooLong):
        parse_request(event(body="x" * length))


def test_an_answer_is_never_cached() -> None:
    answer = render(Response(HTTPStatus.OK, {"status": "ok"}), HeaderForm.SINGLE)
    assert answer == {
        "statusCode": 200,
        "statusDescription": "200 OK",
        "isBase64Encoded": False,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": '{"status":"ok"}',
    }


def test_an_answer_has_the_header_form_of_its_request() -> None:
    answer = render(Response(HTTPStatus.OK, {}), HeaderForm.MULTIPLE)
    assert answer["multiValueHeaders"] == {"content-type": ["application/json"], "cache-control": ["no-store"]}


def test_a_problem_is_told_as_rfc_9457_says() -> None:
    answer = problem(HTTPStatus.NOT_FOUND, "there is no such payment")
    assert answer.headers["content-type"] == "application/problem+json"
    assert json.loads(json.dumps(answer.body))["title"] == "Not Found"
