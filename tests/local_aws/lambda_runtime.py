"""`python lambda_runtime.py HANDLER FILE`: one invocation; reads the event from stdin, writes the result to FILE."""

import importlib
import json
import sys
import traceback
from pathlib import Path
from types import SimpleNamespace
from typing import Any


def call(handler: str, event: Any) -> dict[str, Any]:
    """Call `package.module.function`; return its result or its exception in the format of Lambda."""
    module, _, function = handler.rpartition(".")
    context = SimpleNamespace(
        aws_request_id="00000000-0000-0000-0000-000000000000", get_remaining_time_in_millis=lambda: 900_000
    )
    try:
        return {"result": getattr(importlib.import_module(module.replace("/", ".")), function)(event, context)}
    except Exception as error:
        traceback.print_exc()
        return {"errorType": type(error).__name__, "errorMessage": str(error)}


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    Path(sys.argv[2]).write_text(json.dumps(call(sys.argv[1], json.load(sys.stdin))))
