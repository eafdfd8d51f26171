"""Failed calls of AWS services, as one error that state machines match by its name."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from common.errors import ServiceFailure


@contextmanager
def service_failures() -> Iterator[None]:
    """Raise `ServiceFailure` in place of every error of botocore.

    Step Functions knows an error by its class only. botocore has hundreds of them.
    """
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise ServiceFailure(str(error)) from error
