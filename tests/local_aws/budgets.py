"""Budgets: what the provider asks for when it reads a budget."""

import json
from typing import Any

from moto.budgets.responses import BudgetsResponse

from local_aws.patching import Fix, action, around

TAGS: dict[str, list[dict[str, str]]] = {}
"""The tags of each budget, by its name."""


@around(BudgetsResponse, "create_budget")
def a_budget_keeps_its_tags(original: Fix, self: Any) -> str:
    """moto drops them."""
    TAGS[self._get_param("Budget")["BudgetName"]] = self._get_param("ResourceTags", [])
    answer: str = original(self)
    return answer


@action(BudgetsResponse, "list_tags_for_resource")
def a_budget_tells_its_tags(self: Any) -> str:
    """As above."""
    name = self._get_param("ResourceARN").rsplit("/", 1)[-1]
    return json.dumps({"ResourceTags": TAGS.get(name, [])})


@action(BudgetsResponse, "describe_subscribers_for_notification")
def a_notification_has_subscribers(self: Any) -> str:
    """moto keeps them and does not tell."""
    budget = self.backend.budgets[self._get_param("AccountId")][self._get_param("BudgetName")]
    wanted = self._get_param("Notification")
    subscribers = [
        subscriber
        for notification in budget.notifications
        if wanted.items() <= notification.details.items()
        for subscriber in notification.subscribers
    ]
    return json.dumps({"Subscribers": subscribers})
