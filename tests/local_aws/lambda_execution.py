"""Lambda: runs functions from their deployment package, each invocation in its own Python process."""

import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from moto.awslambda_simple.models import LambdaSimpleBackend

from local_aws.patching import Method, wrap

RUNTIME = Path(__file__).with_name("lambda_runtime.py")


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
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(io.BytesIO(function.code_bytes)).extractall(folder)
        output = Path(folder, ".result.json")
        try:
            process = subprocess.run(
                [sys.executable, str(RUNTIME), function.handler, str(output)],
                cwd=folder,
                env=environment(function, region),
                input=event if isinstance(event, str) else event.decode(),
                stdout=sys.stderr,
                text=True,
                timeout=float(function.timeout or 3),
                check=False,
            )
        except subprocess.TimeoutExpired:
            return {"errorType": "Sandbox.Timedout", "errorMessage": f"Task timed out after {function.timeout} seconds"}
        if not output.exists():
            return {"errorType": "Runtime.ExitError", "errorMessage": f"exit status {process.returncode}"}
        result: dict[str, Any] = json.loads(output.read_text())
        return result


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
