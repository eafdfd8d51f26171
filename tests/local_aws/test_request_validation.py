"""AWS rejects requests that violate the model of their service, in each of its protocols."""

import json
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client


def rejection(call: Callable[..., Any], **arguments: Any) -> str:
    """Return the error code and message of a call with status 400."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400
    return f"{error['Error']['Code']}: {error['Error']['Message']}"


def raw_rejection(url: str, service: str, body: str, method: str = "POST", **headers: str) -> str:
    """Return the response to a request that no SDK sends: boto3 drops unknown members."""
    scope = f"AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, Signature=x"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    defaults = {"Authorization": scope, "Content-Type": "application/x-amz-json-1.1"}
    request = Request(url, body.encode(), defaults | named, method=method)
    with pytest.raises(HTTPError) as caught:
        urlopen(request)
    assert caught.value.code == 400
    return caught.value.read().decode()


def endpoint(**postgresql: Any) -> dict[str, Any]:
    return {
        "EndpointIdentifier": "source",
        "EndpointType": "source",
        "EngineName": "postgres",
        "PostgreSQLSettings": postgresql,
    }


def test_value_outside_an_enumeration_is_rejected(client: Client) -> None:
    message = rejection(client("dms").create_endpoint, **endpoint(PluginName="test_decoding"))
    assert message.startswith("ValidationException: 1 validation error detected: ")
    assert "'test_decoding' at 'PostgreSQLSettings.PluginName'" in message
    assert "satisfy enum value set: ['no-preference', 'test-decoding', 'pglogical']" in message


def test_value_of_an_enumeration_is_accepted(client: Client) -> None:
    created = client("dms").create_endpoint(**endpoint(PluginName="test-decoding"))
    assert created["Endpoint"]["EndpointIdentifier"] == "source"


def test_missing_required_member_is_rejected(client: Client) -> None:
    message = rejection(client("logs").create_log_group)
    assert "Value at 'logGroupName' failed to satisfy constraint: Member must not be null" in message


def test_value_that_does_not_match_a_pattern_is_rejected(client: Client) -> None:
    message = rejection(client("logs").create_log_group, logGroupName="two words")
    assert "Value 'two words' at 'logGroupName'" in message
    assert "satisfy regular expression pattern" in message


def test_string_that_is_too_long_is_rejected(client: Client) -> None:
    message = rejection(client("iam").get_role, RoleName="x" * 65)
    assert "at 'RoleName' failed to satisfy constraint: Member must have length less than or equal to 64" in message


def test_list_that_is_too_long_is_rejected(client: Client) -> None:
    names = [f"/payments/{number}" for number in range(11)]
    message = rejection(client("ssm").get_parameters, Names=names)
    assert "at 'Names' failed to satisfy constraint: Member must have length less than or equal to 10" in message


def test_value_of_another_type_is_rejected(client: Client, server: str) -> None:
    del client
    body = json.dumps({"logGroupName": "/payments", "retentionInDays": "7"})
    response = raw_rejection(server, "logs", body, X_Amz_Target="Logs_20140328.PutRetentionPolicy")
    assert "Days is of type integer, not '7'" in response


def test_value_outside_an_enumeration_is_rejected_by_the_query_protocol(client: Client) -> None:
    message = rejection(
        client("elbv2").create_target_group, Name="targets", Protocol="http", Port=80, VpcId="vpc-1", TargetType="ip"
    )
    assert message.startswith("ValidationError: ")
    assert "'http' at 'Protocol'" in message


def test_value_outside_an_enumeration_is_rejected_by_the_protocol_of_ec2(client: Client) -> None:
    message = rejection(client("ec2").create_vpc, CidrBlock="10.0.0.0/16", InstanceTenancy="shared")
    assert message.startswith("InvalidParameterValue: ")
    assert "'shared' at 'InstanceTenancy'" in message


def test_value_outside_an_enumeration_is_rejected_by_the_protocol_rest_json(client: Client) -> None:
    message = rejection(client("apigateway").create_rest_api, name="api", apiKeySource="QUERY")
    assert message.startswith("ValidationException: ")
    assert "'QUERY' at 'apiKeySource'" in message


def test_value_outside_an_enumeration_is_rejected_by_the_protocol_rest_xml(client: Client) -> None:
    message = rejection(client("route53").create_health_check, CallerReference="1", HealthCheckConfig={"Type": "https"})
    assert message.startswith("InvalidInput: ")
    assert "'https' at 'HealthCheckConfig.Type'" in message


def test_number_above_a_maximum_is_rejected(client: Client) -> None:
    check = {"Type": "HTTP", "IPAddress": "192.0.2.1", "Port": 65536}
    message = rejection(client("route53").create_health_check, CallerReference="1", HealthCheckConfig=check)
    assert "Value '65536' at 'HealthCheckConfig.Port'" in message
    assert "value less than or equal to 65535" in message


def test_unknown_json_member_is_rejected(client: Client, server: str) -> None:
    del client
    body = json.dumps({"logGroupName": "/payments", "retention": 7})
    response = raw_rejection(server, "logs", body, X_Amz_Target="Logs_20140328.CreateLogGroup")
    assert "Unknown parameter: CreateLogGroupRequest.retention" in response


def test_unknown_form_parameter_is_rejected(client: Client, server: str) -> None:
    del client
    body = "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0/16&Tenancy=default"
    response = raw_rejection(server, "ec2", body, Content_Type="application/x-www-form-urlencoded")
    assert "Unknown parameter: Tenancy" in response


def test_unknown_xml_element_is_rejected(client: Client, server: str) -> None:
    del client
    body = (
        '<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>example.com</Name>'
        "<CallerReference>1</CallerReference><Comment>payments</Comment></CreateHostedZoneRequest>"
    )
    response = raw_rejection(f"{server}/2013-04-01/hostedzone", "route53", body, Content_Type="text/xml")
    assert "Unknown parameter: CreateHostedZoneRequest.Comment" in response


def test_unknown_url_parameter_is_rejected(client: Client, server: str) -> None:
    del client
    response = raw_rejection(f"{server}/restapis?max=5", "apigateway", "", "GET", Content_Type="application/json")
    assert "Unknown parameter: ?max" in response


def test_requests_are_counted_and_invalid_ones_recorded(
    client: Client, request_record: Callable[[], dict[str, Any]]
) -> None:
    before = request_record()["validated"]
    client("logs").create_log_group(logGroupName="/payments")
    rejection(client("logs").create_log_group, logGroupName="two words")
    record = request_record()
    assert record["validated"] == before + 2
    assert record["operations"]["logs:CreateLogGroup"] >= 2
    assert record["invalid"][-1]["operation"] == "logs:CreateLogGroup"
    assert "two words" in record["invalid"][-1]["reasons"][0]
