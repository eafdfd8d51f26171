"""Execution environments of Lambda: processes that keep an unpacked deployment package and serve invocations.

AWS reuses an environment for later invocations, each of which has it alone. A changed function gets new ones.
"""

import io
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RUNTIME = Path(__file__).with_name("lambda_runtime.py")
MAX_IDLE = 8
"""Environments without an invocation that are kept, over all functions. Each takes the memory of a Python process."""


@dataclass(frozen=True)
class Configuration:
    """Everything that the environments of a function version depend on."""

    function_arn: str
    handler: str
    package: bytes = field(repr=False)
    variables: Mapping[str, str] = field(repr=False)
    network: str = field(repr=False)
    """The second argument of the runtime."""


class ExecutionEnvironment:
    """A process that serves one invocation at a time."""

    def __init__(self, configuration: Configuration) -> None:
        """Unpack the package and start the process."""
        self.configuration = configuration
        self._folder = tempfile.mkdtemp(prefix="paymig-function-")
        zipfile.ZipFile(io.BytesIO(configuration.package)).extractall(self._folder)
        self._process = subprocess.Popen(
            [sys.executable, str(RUNTIME), configuration.handler, configuration.network],
            cwd=self._folder,
            env=dict(configuration.variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def invoke(self, event: str, timeout_seconds: float) -> dict[str, Any] | None:
        """Return the result of an invocation, None after the timeout; raise `EOFError` if the process exits."""
        requests, results = self._process.stdin, self._process.stdout
        assert requests is not None and results is not None
        try:
            requests.write(json.dumps(json.loads(event)).encode() + b"\n")
            requests.flush()
        except BrokenPipeError:
            raise EOFError from None
        line, deadline = b"", time.monotonic() + timeout_seconds
        while not line.endswith(b"\n"):
            if not select.select([results], [], [], max(deadline - time.monotonic(), 0))[0]:
                return None
            part = os.read(results.fileno(), 65536)
            if not part:
                raise EOFError
            line += part
        result: dict[str, Any] = json.loads(line)
        return result

    def exit_status(self) -> int:
        """Return the exit status of the process, which has closed its output."""
        return self._process.wait()

    def end(self) -> None:
        """End the process and delete its files."""
        self._process.kill()
        self._process.communicate()
        shutil.rmtree(self._folder, ignore_errors=True)


class ExecutionEnvironments:
    """The environments without an invocation, the most recently used one last."""

    def __init__(self) -> None:
        """Start with no environment."""
        self._idle: list[ExecutionEnvironment] = []
        self._lock = threading.Lock()

    def invoke(self, configuration: Configuration, event: str, timeout_seconds: float) -> dict[str, Any]:
        """Run the handler once; return `{"result": …}` or `{"errorType": …, "errorMessage": …}`."""
        environment = self._take(configuration) or ExecutionEnvironment(configuration)
        try:
            result = environment.invoke(event, timeout_seconds)
        except EOFError:
            status = environment.exit_status()
            environment.end()
            return {"errorType": "Runtime.ExitError", "errorMessage": f"exit status {status}"}
        if result is None:
            environment.end()
            message = f"Task timed out after {timeout_seconds:g} seconds"
            return {"errorType": "Sandbox.Timedout", "errorMessage": message}
        self._keep(environment)
        return result

    def _take(self, configuration: Configuration) -> ExecutionEnvironment | None:
        with self._lock:
            for environment in reversed(self._idle):
                if environment.configuration == configuration:
                    self._idle.remove(environment)
                    return environment
        return None

    def _keep(self, environment: ExecutionEnvironment) -> None:
        with self._lock:
            self._idle.append(environment)
            surplus = self._idle[:-MAX_IDLE]
            self._idle = self._idle[-MAX_IDLE:]
        for each in surplus:
            each.end()
