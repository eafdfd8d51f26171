"""Compares the KMS permissions of a policy with the encrypted stores: code encrypts through stores only."""

from collections.abc import Mapping
from typing import Any

from iam.deployed_functions import Function, Resources, Statement
from iam.terraform_values import references

_TABLE = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
_KEY_ACTIONS: dict[str, tuple[str, ...]] = {
    # DynamoDB developer guide, "DynamoDB encryption at rest: usage notes": every operation on a table.
    "dynamodb:GetItem": _TABLE,
    "dynamodb:PutItem": _TABLE,
    "dynamodb:Query": _TABLE,
    "dynamodb:UpdateItem": _TABLE,
    # S3 user guide, "Using server-side encryption with AWS KMS keys".
    "s3:GetObject": ("kms:Decrypt",),
    "s3:PutObject": ("kms:GenerateDataKey",),
    # Secrets Manager user guide, "Secret encryption and decryption: permissions for the KMS key".
    "secretsmanager:GetSecretValue": ("kms:Decrypt",),
    "secretsmanager:PutSecretValue": ("kms:Decrypt", "kms:GenerateDataKey"),
    # SNS developer guide, "Key management: AWS KMS permissions".
    "sns:Publish": ("kms:Decrypt", "kms:GenerateDataKey"),
}
"""The KMS actions that an action on an encrypted store requires."""

# Secrets Manager user guide, "Replicate secrets across Regions": a new value is copied to the replicas.
_REPLICA_ACTIONS: dict[str, tuple[str, ...]] = {"secretsmanager:PutSecretValue": ("kms:Encrypt", "kms:GenerateDataKey")}
"""The KMS actions on the keys of a secret's replicas that an action on the secret requires."""

_REPLICA = " (replica)"
"""The end of the name of a store that stands for the replicas of a secret."""

_CALLED_BY_CODE = frozenset({"kms:GenerateMac"})
"""The KMS actions of HMAC keys, which encrypt no store."""


def uses_store_key(action: str) -> bool:
    """Return whether an action uses the key of an encrypted store."""
    return action.startswith("kms:") and action not in _CALLED_BY_CODE


def unused(function: Function) -> list[str]:
    """Return the allowed KMS actions that no allowed store requires."""
    needed = _needed(function)
    found = list[str]()
    for statement in filter(_concerns_keys, function.statements):
        required = {action for store in _stores_of_statement(function, statement) for action in needed.get(store, ())}
        resources = ", ".join(sorted(statement.resources))
        found.extend(f"{action} on {resources}" for action in sorted(statement.actions - required))
    return found


def missing(function: Function) -> list[str]:
    """Return the KMS actions that allowed stores require and the policy lacks."""
    allowed = {
        (store, action)
        for statement in filter(_concerns_keys, function.statements)
        for store in _stores_of_statement(function, statement)
        for action in statement.actions
    }
    needed = {(store, action) for store, actions in _needed(function).items() for action in actions}
    return [f"{action} for {store}" for store, action in sorted(needed - allowed)]


def _concerns_keys(statement: Statement) -> bool:
    return any(map(uses_store_key, statement.actions))


def _needed(function: Function) -> dict[str, set[str]]:
    """Return the required KMS actions by store that is encrypted with a customer managed key."""
    needed: dict[str, set[str]] = {}
    for statement in function.statements:
        actions = {action for allowed in statement.actions for action in _KEY_ACTIONS.get(allowed, ())}
        for store in _stores(function, statement.resources):
            if _has_unknown_key(store) or _keys(function.resources, store):
                needed.setdefault(store, set()).update(actions)
            copied = {action for allowed in statement.actions for action in _REPLICA_ACTIONS.get(allowed, ())}
            if copied and _keys(function.resources, store + _REPLICA):
                needed.setdefault(store + _REPLICA, set()).update(copied)
    return needed


def _stores_of_statement(function: Function, statement: Statement) -> set[str]:
    """Return the stores whose keys a statement names, or else the stores in its conditions."""
    named = _stores(function, statement.resources)
    if named:
        return {store for store in _needed(function) if named & _keys(function.resources, store)}
    return _stores(function, statement.conditions)


def _stores(function: Function, value: object) -> set[str]:
    """Return the resources that a value references; for a secret version, its secret."""
    stores = set()
    for address in references(value):
        if address.startswith("aws_secretsmanager_secret_version."):
            stores |= references(function.resources[address]["secret_id"])
        elif not address.startswith(("data.aws_partition.", "data.aws_caller_identity.")):
            stores.add(address)
    return stores


def _has_unknown_key(store: str) -> bool:
    """Return whether a store exists outside the configuration, so that its key is unknown."""
    return store.startswith("data.aws_secretsmanager_secret.")


def _keys(resources: Resources, store: str) -> set[str]:
    """Return the keys that encrypt a store."""
    if store.endswith(_REPLICA):
        return references(resources.get(store.removesuffix(_REPLICA), {}).get("replica", []))
    own = {name: value for name, value in resources.get(store, {}).items() if name != "replica"}
    encrypted: list[Mapping[str, Any]] = [own]
    for address, resource in resources.items():
        if address.startswith("aws_s3_bucket_server_side_encryption_configuration."):
            encrypted.extend([resource] if store in references(resource["bucket"]) else [])
    return {key for resource in encrypted for key in references(resource) if key.startswith("aws_kms_key.")}
