"""Lambda: the quota of concurrent executions in a Region."""

from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException
from moto.awslambda.models import LambdaBackend

from local_aws.patching import Method, wrap
from local_aws.service_quotas import CONCURRENT_EXECUTIONS

MIN_UNRESERVED = 100


@wrap(LambdaBackend, "put_function_concurrency")
def limit_reservations(original: Method, self: Any, function_name: str, reserved_concurrency: str) -> Any:
    """moto's own limit is an environment variable, which no request increases."""
    others = [function for function in self.list_functions() if function.function_name != function_name]
    reserved = int(reserved_concurrency) + sum(int(function.reserved_concurrency or 0) for function in others)
    if CONCURRENT_EXECUTIONS.value(self.account_id, self.region_name) - reserved < MIN_UNRESERVED:
        raise InvalidParameterValueException(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution"
            f" below its minimum value of [{MIN_UNRESERVED}]."
        )
    return original(self, function_name, reserved_concurrency)
