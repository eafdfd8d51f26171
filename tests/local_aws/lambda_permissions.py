"""Lambda: a statement id exists once in the policy of a function, a version or an alias."""

from typing import Any

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.policy import Policy

from local_aws.patching import Method, wrap


class StatementExists(LambdaClientError):
    """The error of AddPermission."""

    code = 409

    def __init__(self, statement_id: str) -> None:
        """Describe the conflict as AWS does."""
        message = (
            f"The statement id ({statement_id}) provided already exists. "
            "Please provide a new statement id, or remove the existing statement."
        )
        super().__init__("ResourceConflictException", message)


@wrap(Policy, "add_statement")
def reject_existing_statement(original: Method, self: Any, *args: Any, **kwargs: Any) -> Any:
    """moto adds a second statement with the id."""
    result = original(self, *args, **kwargs)
    *others, added = self.statements
    if any((other.get("Sid"), other["Resource"]) == (added.get("Sid"), added["Resource"]) for other in others):
        self.statements.pop()
        raise StatementExists(added["Sid"])
    return result
