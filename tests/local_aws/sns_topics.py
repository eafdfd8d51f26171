"""SNS: CreateTopic returns an existing topic only if attributes and tags are the same."""

from typing import Any

from moto.sns.exceptions import InvalidParameterValue
from moto.sns.models import SNSBackend

from local_aws.patching import Method, wrap


@wrap(SNSBackend, "create_topic")
def reject_topic_with_other_settings(
    original: Method,
    self: Any,
    name: str,
    attributes: dict[str, str] | None = None,
    tags: dict[str, str] | None = None,
) -> Any:
    """moto returns the existing topic in any case."""
    created = (attributes or {}, tags or {})
    topic = original(self, name, attributes, tags)
    existing = topic.__dict__.setdefault("created_with", created)
    for kind, requested, current in zip(("attributes", "tags"), created, existing, strict=True):
        if requested != current:
            raise InvalidParameterValue(f"Invalid parameter: Topic already exists with different {kind}")
    return topic
