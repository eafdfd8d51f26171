"""Lambda: runs functions from their deployment package, in processes with the variables of the function."""

import dataclasses
import json
import os
from collections.abc import Mapping
from typing import Any

from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.dms.models import dms_backends

from local_aws.dms_faults import faults_of
from local_aws.lambda_environments import Configuration, ExecutionEnvironments
from local_aws.patching import Method, wrap

ENVIRONMENTS = ExecutionEnvironments()
_DEFAULT_TIMEOUT_SECONDS = 3


@wrap(LambdaSimpleBackend, "invoke")
def run_deployment_package(
    original: Method,
    self: Any,
    function_name: str,
    qualifier: str | None,
    body: str | bytes | None,
    headers: Any,
    response_headers: dict[str, str],
) -> Any:
    """AWS runs the code; moto returns its input. Container images are not run."""
    function = self.get_function(function_name, qualifier)
    if function.package_type == "Image":
        return original(self, function_name, qualifier, body, headers, response_headers)
    result = run(function, self.region_name, body or "{}")
    if "errorType" in result:
        response_headers["x-amz-function-error"] = "Unhandled"
        return json.dumps(result).encode()
    return json.dumps(result["result"]).encode()


def run(function: Any, region: str, event: str | bytes) -> dict[str, Any]:
    """Run the handler once; return `{"result": …}` or `{"errorType": …, "errorMessage": …}`."""
    configuration = Configuration(
        function_arn=function.function_arn,
        handler=function.handler,
        package=function.code_bytes,
        variables=environment(function, region),
        network=network(function.account_id, region),
    )
    text = event if isinstance(event, str) else event.decode()
    return ENVIRONMENTS.invoke(configuration, text, float(function.timeout or _DEFAULT_TIMEOUT_SECONDS))


def network(account: str, region: str) -> str:
    """Return the network of functions: addresses of test servers, and the authorities of those in AWS."""
    addresses = faults_of(dms_backends[account][region]).addresses
    return json.dumps(
        {
            "addresses": {server: dataclasses.asdict(address) for server, address in addresses.items()},
            "authorities": "".join(address.authority for address in addresses.values()),
        }
    )


def environment(function: Any, region: str) -> Mapping[str, str]:
    """Return the variables that Lambda sets, those of the function, and the endpoint of this server."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_LAMBDA_FUNCTION_NAME": function.function_name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{os.environ['MOTO_PORT']}",
        **(function.environment_vars or {}),
    }
