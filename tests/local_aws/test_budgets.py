"""Budgets change, and so do their tags."""

from local_aws.conftest import Client

ARN = "arn:aws:budgets::123456789012:budget/payments"


def limit(amount: str) -> dict[str, str]:
    return {"Amount": amount, "Unit": "USD"}


BUDGET = {"BudgetName": "payments", "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": limit("10")}


def test_tags_of_a_budget_change(client: Client) -> None:
    budgets = client("budgets")
    tags = [{"Key": "Phase", "Value": "legacy"}, {"Key": "Project", "Value": "payments"}]
    budgets.create_budget(AccountId="123456789012", Budget=BUDGET, ResourceTags=tags)
    budgets.tag_resource(ResourceARN=ARN, ResourceTags=[{"Key": "Phase", "Value": "migration"}])
    budgets.untag_resource(ResourceARN=ARN, ResourceTagKeys=["Project"])
    assert budgets.list_tags_for_resource(ResourceARN=ARN)["ResourceTags"] == [{"Key": "Phase", "Value": "migration"}]


def test_limit_of_a_budget_changes(client: Client) -> None:
    budgets = client("budgets")
    budgets.create_budget(AccountId="123456789012", Budget=BUDGET)
    budgets.update_budget(AccountId="123456789012", NewBudget={**BUDGET, "BudgetLimit": limit("3000")})
    found = budgets.describe_budget(AccountId="123456789012", BudgetName="payments")["Budget"]
    assert found["BudgetLimit"]["Amount"] == "3000"
