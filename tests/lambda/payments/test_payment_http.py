"""Load balancer events and HTTP responses."""

import base64
import json
from http import HTTPStatus
from typing import Any

import pytest

from common.errors import InvalidEvent
from payments.http import (
    MAX_BODY_BYTES,
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


def test_header_names_are_case_insensitive() -> None:
    assert parse_request(event()).header("idempotency-key") == "k1"


def test_multi_value_headers_are_parsed() -> None:
    given = event(multiValueHeaders={"Idempotency-Key": ["k1"]})
    del given["headers"]
    assert parse_request(given).header("idempotency-key") == "k1"


def test_repeated_header_is_rejected() -> None:
    request = parse_request(event(multiValueHeaders={"idempotency-key": ["k1"], "Idempotency-Key": ["k2"]}))
    with pytest.raises(RepeatedHeader):
        request.header("idempotency-key")


def test_base64_body_is_decoded() -> None:
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
def test_event_without_load_balancer_is_rejected(members: dict[str, object]) -> None:
    with pytest.raises(InvalidEvent):
        parse_request(event(**members))


@pytest.mark.parametrize("length", [MAX_BODY_BYTES + 1, MAX_BODY_BYTES * 4])
def test_too_long_body_is_rejected(length: int) -> None:
    with pytest.raises(BodyTooLong):
        parse_request(event(body="x" * length))


def test_response_forbids_caching() -> None:
    response = render(Response(HTTPStatus.OK, {"status": "ok"}), HeaderForm.SINGLE)
    assert response == {
        "statusCode": 200,
        "statusDescription": "200 OK",
        "isBase64Encoded": False,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": '{"status":"ok"}',
    }


def test_response_has_the_header_form_of_its_request() -> None:
    response = render(Response(HTTPStatus.OK, {}), HeaderForm.MULTIPLE)
    assert response["multiValueHeaders"] == {"content-type": ["application/json"], "cache-control": ["no-store"]}


def test_problem_has_the_format_of_rfc_9457() -> None:
    response = problem(HTTPStatus.NOT_FOUND, "there is no such payment")
    assert response.headers["content-type"] == "application/problem+json"
    assert json.loads(json.dumps(response.body))["title"] == "Not Found"
