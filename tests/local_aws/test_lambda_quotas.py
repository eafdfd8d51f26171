"""The concurrency of a Region is limited, and 100 of it stay unreserved."""

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client
from local_aws.test_lambda_permissions import create_function


def test_reservation_that_leaves_less_than_100_is_rejected(client: Client) -> None:
    functions = create_function(client)
    functions.put_function_concurrency(FunctionName="payments", ReservedConcurrentExecutions=900)
    with pytest.raises(ClientError, match="UnreservedConcurrentExecution below its minimum value"):
        functions.put_function_concurrency(FunctionName="payments", ReservedConcurrentExecutions=901)


def test_service_quotas_increase_the_concurrency(client: Client) -> None:
    client("service-quotas").request_service_quota_increase(
        ServiceCode="lambda", QuotaCode="L-B99A9384", DesiredValue=2000
    )
    functions = create_function(client)
    functions.put_function_concurrency(FunctionName="payments", ReservedConcurrentExecutions=1900)
    with pytest.raises(ClientError, match="UnreservedConcurrentExecution below its minimum value"):
        functions.put_function_concurrency(FunctionName="payments", ReservedConcurrentExecutions=1901)
