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


@add_action(BudgetsResponse, "tag_resource")
def tag_resource(self: Any) -> str:
    """TagResource."""
    name, added = self._get_param("ResourceARN").rsplit("/", 1)[-1], self._get_param("ResourceTags")
    changed = {tag["Key"] for tag in added}
    TAGS[name] = [tag for tag in TAGS.get(name, []) if tag["Key"] not in changed] + added
    return json.dumps({})


@add_action(BudgetsResponse, "untag_resource")
def untag_resource(self: Any) -> str:
    """UntagResource."""
    name, removed = self._get_param("ResourceARN").rsplit("/", 1)[-1], self._get_param("ResourceTagKeys")
    TAGS[name] = [tag for tag in TAGS.get(name, []) if tag["Key"] not in removed]
    return json.dumps({})


@add_action(BudgetsResponse, "update_budget")
def update_budget(self: Any) -> str:
    """UpdateBudget: replaces the budget, and keeps its notifications."""
    wanted = self._get_param("NewBudget")
    self.backend.budgets[self._get_param("AccountId")][wanted["BudgetName"]].budget.update(wanted)
    return json.dumps({})


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
