"""Validation of the parameters that boto3 sends from this process, for tests without a server.

boto3 checks types, required members and lower limits; AWS also checks enumerations, patterns and upper limits.
"""

from typing import Any

from botocore import handlers
from botocore.exceptions import ParamValidationError

from local_aws.model_exemptions import is_exempt
from local_aws.request_constraints import violations


def validate_parameters(params: dict[str, Any], model: Any, **_: Any) -> None:
    """Raise boto3's own error for a violation of the model."""
    if model.input_shape is None:
        return
    service = model.service_model.service_name
    found = violations(params, model.input_shape)
    messages = [violation.message for violation in found if not is_exempt(service, violation)]
    if messages:
        raise ParamValidationError(report="\n".join(messages))


EVENT = "before-parameter-build"

handlers.BUILTIN_HANDLERS.append((EVENT, validate_parameters))
