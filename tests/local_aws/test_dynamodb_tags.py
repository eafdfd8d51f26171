"""A tag of a table has one value."""

from local_aws.conftest import Client


def test_tag_replaces_its_former_value(client: Client) -> None:
    dynamodb = client("dynamodb")
    table = dynamodb.create_table(
        TableName="tagged",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )["TableDescription"]["TableArn"]
    for phase in ("legacy", "migration", "legacy"):
        dynamodb.tag_resource(ResourceArn=table, Tags=[{"Key": "Phase", "Value": phase}])
        assert dynamodb.list_tags_of_resource(ResourceArn=table)["Tags"] == [{"Key": "Phase", "Value": phase}]
