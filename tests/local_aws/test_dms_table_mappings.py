"""Selection rules of table mappings."""

import json

import pytest

from local_aws.dms_data_plane.changes import TableName
from local_aws.dms_data_plane.table_mappings import Selection, parse


def selection(*rules: tuple[str, str, str]) -> Selection:
    """Parse selection rules: action, schema and table."""
    return parse(
        json.dumps(
            {
                "rules": [
                    {
                        "rule-type": "selection",
                        "rule-id": str(number),
                        "rule-action": action,
                        "object-locator": {"schema-name": schema, "table-name": table},
                    }
                    for number, (action, schema, table) in enumerate(rules)
                ]
            }
        )
    )


@pytest.mark.parametrize(
    ("pattern", "table", "is_selected"),
    [
        ("%", "payments", True),
        ("pay%", "payments", True),
        ("pay%", "repayments", False),
        ("payment_", "payments", True),
        ("payment_", "payment", False),
        ("pay[_]ments", "pay_ments", True),
        ("pay[_]ments", "payxments", False),
        ("pay.ents", "payments", False),
    ],
)
def test_pattern_is_that_of_like(pattern: str, table: str, is_selected: bool) -> None:
    assert selection(("include", "public", pattern)).has(TableName("public", table)) is is_selected


def test_exclusion_wins_in_any_order() -> None:
    rules = ("exclude", "%", "awsdms%"), ("include", "public", "%")
    for found in (selection(*rules), selection(*reversed(rules))):
        assert found.has(TableName("public", "payments"))
        assert not found.has(TableName("public", "awsdms_status"))


def test_other_schema_is_not_selected() -> None:
    assert not selection(("include", "public", "%")).has(TableName("audit", "payments"))


def test_rule_that_is_not_implemented_is_rejected() -> None:
    rule = {"rule-type": "transformation", "rule-id": "7", "rule-action": "rename"}
    with pytest.raises(ValueError, match="rule 7 has the type transformation"):
        parse(json.dumps({"rules": [rule]}))
    with pytest.raises(ValueError, match="has the action explicit"):
        selection(("explicit", "public", "payments"))
