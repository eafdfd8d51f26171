"""IAM: the case of letters does not distinguish names."""

from collections.abc import Iterable
from typing import Any

from moto.iam.exceptions import EntityAlreadyExists
from moto.iam.models import IAMBackend

from local_aws.patching import Method, wrap


def reject_existing(kind: str, name: str, existing: Iterable[str]) -> None:
    """Raise the error of AWS if a name differs from an existing one at most in case."""
    if name.lower() in {other.lower() for other in existing}:
        raise EntityAlreadyExists(f"{kind} with name {name} already exists.")


@wrap(IAMBackend, "create_role")
def reject_existing_role(original: Method, self: Any, role_name: str, *args: Any, **kwargs: Any) -> Any:
    """moto compares the case, too."""
    reject_existing("Role", role_name, (role.name for role in self.roles.values()))
    return original(self, role_name, *args, **kwargs)


@wrap(IAMBackend, "create_instance_profile")
def reject_existing_instance_profile(original: Method, self: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    """moto compares the case, too."""
    reject_existing("Instance Profile", name, self.instance_profiles)
    return original(self, name, *args, **kwargs)


@wrap(IAMBackend, "create_policy")
def reject_existing_policy(
    original: Method, self: Any, description: str, path: str, policy_document: str, policy_name: str, tags: Any
) -> Any:
    """moto compares the case, and the path, too."""
    managed = self.managed_policies.values()
    owned = (policy.name for policy in managed if f":{self.account_id}:" in policy.arn)
    reject_existing("A policy", policy_name, owned)
    return original(self, description, path, policy_document, policy_name, tags)
