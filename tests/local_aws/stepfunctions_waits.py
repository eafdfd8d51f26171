"""Step Functions: a test shortens the `Wait` states of all executions.

`PUT /moto-api/wait-scale` with `{"scale": 0.05}` makes a minute three seconds. Timeouts and retries keep their time.
"""

import json
import time
from dataclasses import dataclass
from typing import Any

from moto.core.request import Request
from moto.moto_api._internal.urls import url_paths
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction

from local_aws.patching import Method, wrap

PATH = "/moto-api/wait-scale"


@dataclass
class WaitScale:
    """The factor for the seconds of `Wait` states."""

    value: float = 1.0


SCALE = WaitScale()


@wrap(WaitFunction, "_wait_interval")
def wait_for_scaled_time(original: Method, self: Any, env: Any, wait_seconds: float) -> None:
    """As moto, until the execution is stopped; moto counts whole seconds only."""
    del original, self
    deadline = time.monotonic() + wait_seconds * SCALE.value
    while (left := deadline - time.monotonic()) > 0 and env.is_running():
        env.program_state_event.wait(left)


def serve_scale(request: Request, full_url: str, *_: Any) -> tuple[int, dict[str, str], str]:
    """Read or set the scale."""
    del full_url
    if request.method == "PUT":
        SCALE.value = float(json.loads(request.data)["scale"])
    return 200, {"Content-Type": "application/json"}, json.dumps({"scale": SCALE.value})


INTERNAL_PATHS: dict[str, Any] = url_paths
INTERNAL_PATHS["{0}" + PATH] = serve_scale
