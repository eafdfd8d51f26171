"""What a policy allows on keys, held against the stores that they encrypt: keys are used through stores alone."""

from iam.documents import Elements, Function, Statement
from iam.text import references

_TABLE = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)
_NEEDS: dict[str, tuple[str, ...]] = {
    # DynamoDB developer guide, "DynamoDB encryption at rest: usage notes": whatever is done with a table.
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
"""The actions on a key that come with those on what it encrypts."""


def is_on_keys(action: str) -> bool:
    """Whether an action is KMS's."""
    return action.startswith("kms:")


def unexplained(function: Function) -> list[str]:
    """What is allowed on keys, and comes with nothing that is allowed on a store."""
    needed = _needed(function)
    found = list[str]()
    for statement in filter(_of_keys, function.statements):
        explained = {action for store in _opened(function, statement) for action in needed.get(store, ())}
        resources = ", ".join(sorted(statement.resources))
        found.extend(f"{action} on {resources}" for action in sorted(statement.actions - explained))
    return found


def missing(function: Function) -> list[str]:
    """What is not allowed on keys, and belongs to what is allowed on stores."""
    allowed = {
        (store, action)
        for statement in filter(_of_keys, function.statements)
        for store in _opened(function, statement)
        for action in statement.actions
    }
    needed = {(store, action) for store, actions in _needed(function).items() for action in actions}
    return [f"{action} for {store}" for store, action in sorted(needed - allowed)]


def _of_keys(statement: Statement) -> bool:
    return any(map(is_on_keys, statement.actions))


def _needed(function: Function) -> dict[str, set[str]]:
    """By store that is encrypted with a key of its own."""
    needed: dict[str, set[str]] = {}
    for statement in function.statements:
        actions = {action for allowed in statement.actions for action in _NEEDS.get(allowed, ())}
        for store in _stores(function, statement.resources):
            if _is_elsewhere(store) or _keys(function.elements, store):
                needed.setdefault(store, set()).update(actions)
    return needed


def _opened(function: Function, statement: Statement) -> set[str]:
    """The stores whose keys a statement speaks of; where it names no key, those that its conditions name."""
    named = _stores(function, statement.resources)
    if named:
        return {store for store in _needed(function) if named & _keys(function.elements, store)}
    return _stores(function, statement.conditions)


def _stores(function: Function, value: object) -> set[str]:
    """The elements that a value names; of a secret's version, the secret."""
    stores = set()
    for address in references(value):
        if address.startswith("aws_secretsmanager_secret_version."):
            stores |= references(function.elements[address]["secret_id"])
        elif not address.startswith(("data.aws_partition.", "data.aws_caller_identity.")):
            stores.add(address)
    return stores


def _is_elsewhere(store: str) -> bool:
    """Whether a store was there before: nobody knows its key."""
    return store.startswith("data.aws_secretsmanager_secret.")


def _keys(elements: Elements, store: str) -> set[str]:
    """The keys that encrypt a store."""
    encrypts = [elements.get(store, {})]
    for address, element in elements.items():
        if address.startswith("aws_s3_bucket_server_side_encryption_configuration."):
            encrypts.extend([element] if store in references(element["bucket"]) else [])
    return {key for element in encrypts for key in references(element) if key.startswith("aws_kms_key.")}
