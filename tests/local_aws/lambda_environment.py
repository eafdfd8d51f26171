"""Lambda: the environment variables of a function are limited.

Source: Lambda developer guide, "Lambda quotas": 4 KB for all environment variables of a function, in aggregate.
"""

import json
from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException
from moto.awslambda.models import LambdaFunction

from local_aws.patching import Method, wrap

MAX_BYTES = 4096


@wrap(LambdaFunction, "__init__")
def check_created_variables(original: Method, self: Any, spec: dict[str, Any], **kwargs: Any) -> None:
    """moto accepts any number of variables."""
    check_variables(spec.get("Environment"))
    original(self, spec=spec, **kwargs)


@wrap(LambdaFunction, "update_configuration")
def check_updated_variables(original: Method, self: Any, config_updates: dict[str, Any]) -> Any:
    """As above."""
    check_variables(config_updates.get("Environment"))
    return original(self, config_updates)


def check_variables(environment: dict[str, Any] | None) -> None:
    """Raise an error if the variables, written as JSON, are larger than Lambda's quota."""
    variables = (environment or {}).get("Variables") or {}
    size = len(json.dumps(variables, separators=(",", ":"), ensure_ascii=False).encode())
    if size > MAX_BYTES:
        raise InvalidParameterValueException(
            "Lambda was unable to configure your environment variables because the environment variables you have"
            f" provided exceeded the 4KB limit. They have {size} bytes"
        )
