"""Budgets: tags and subscribers, which the provider reads."""

import json
from typing import Any

from moto.budgets.responses import BudgetsResponse

from local_aws.patching import Method, add_action, wrap

TAGS: dict[str, list[dict[str, str]]] = {}
"""The tags of budgets, by budget name."""


@wrap(BudgetsResponse, "create_budget")
def store_tags(original: Method, self: Any) -> str:
    """AWS stores the tags of a budget; moto drops them."""
    TAGS[self._get_param("Budget")["BudgetName"]] = self._get_param("ResourceTags", [])
    response: str = original(self)
    return response


@add_action(BudgetsResponse, "list_tags_for_resource")
def list_tags_for_resource(self: Any) -> str:
    """ListTagsForResource."""
    name = self._get_param("ResourceARN").rsplit("/", 1)[-1]
    return json.dumps({"ResourceTags": TAGS.get(name, [])})


@add_action(BudgetsResponse, "describe_subscribers_for_notification")
def describe_subscribers_for_notification(self: Any) -> str:
    """DescribeSubscribersForNotification: moto stores the subscribers, but has no such action."""
    budget = self.backend.budgets[self._get_param("AccountId")][self._get_param("BudgetName")]
    requested = self._get_param("Notification")
    subscribers = [
        subscriber
        for notification in budget.notifications
        if requested.items() <= notification.details.items()
        for subscriber in notification.subscribers
    ]
    return json.dumps({"Subscribers": subscribers})
