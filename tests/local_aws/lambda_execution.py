"""Lambda: functions run, each call in a Python process of its own, from the zip that was deployed."""

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

from local_aws.patching import Fix, around

RUNTIME = Path(__file__).with_name("lambda_runtime.py")


@around(LambdaSimpleBackend, "invoke")
def a_function_runs_what_was_deployed(
    original: Fix,
    self: Any,
    function_name: str,
    qualifier: str | None,
    body: str | bytes | None,
    headers: Any,
    response_headers: dict[str, str],
) -> Any:
    """AWS runs the code; moto hands back its input. Images are not run here either."""
    function = self.get_function(function_name, qualifier)
    if function.package_type == "Image":
        return original(self, function_name, qualifier, body, headers, response_headers)
    answer = run(function, self.region_name, body or "{}")
    if "errorType" in answer:
        response_headers["x-amz-function-error"] = "Unhandled"
        return json.dumps(answer).encode()
    return json.dumps(answer["answer"]).encode()


def run(function: Any, region: str, event: str | bytes) -> dict[str, Any]:
    """Run the handler once: `{"answer": …}`, or `{"errorType": …, "errorMessage": …}` as Lambda tells it."""
    with tempfile.TemporaryDirectory() as folder:
        zipfile.ZipFile(io.BytesIO(function.code_bytes)).extractall(folder)
        written = Path(folder, ".answer.json")
        try:
            process = subprocess.run(
                [sys.executable, str(RUNTIME), function.handler, str(written)],
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
        if not written.exists():
            return {"errorType": "Runtime.ExitError", "errorMessage": f"exit status {process.returncode}"}
        answer: dict[str, Any] = json.loads(written.read_text())
        return answer


def environment(function: Any, region: str) -> Mapping[str, str]:
    """What Lambda sets, the function's own variables, and the way back to this server."""
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
