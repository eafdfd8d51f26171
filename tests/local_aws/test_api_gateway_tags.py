"""Tags of API Gateway's resources."""

from local_aws.conftest import Client


def test_tags_of_an_api_change(client: Client) -> None:
    gateway = client("apigateway")
    api = gateway.create_rest_api(name="payments", tags={"Phase": "legacy", "Project": "payments"})["id"]
    arn = f"arn:aws:apigateway:us-east-1::/restapis/{api}"
    gateway.tag_resource(resourceArn=arn, tags={"Phase": "migration"})
    gateway.untag_resource(resourceArn=arn, tagKeys=["Project"])
    assert gateway.get_rest_api(restApiId=api)["tags"] == {"Phase": "migration"}
    assert gateway.get_tags(resourceArn=arn)["tags"] == {"Phase": "migration"}


def test_tags_of_a_vpc_link_change(client: Client) -> None:
    gateway = client("apigateway")
    link = gateway.create_vpc_link(name="payments", targetArns=["arn:aws:elasticloadbalancing:us-east-1:1:x"])["id"]
    gateway.tag_resource(resourceArn=f"arn:aws:apigateway:us-east-1::/vpclinks/{link}", tags={"Phase": "migration"})
    assert gateway.get_vpc_link(vpcLinkId=link)["tags"] == {"Phase": "migration"}


def test_tags_of_a_domain_name_change(client: Client) -> None:
    gateway = client("apigateway")
    gateway.create_domain_name(domainName="payments.example.com", tags={"Phase": "legacy"})
    arn = "arn:aws:apigateway:us-east-1::/domainnames/payments.example.com"
    gateway.tag_resource(resourceArn=arn, tags={"Phase": "migration"})
    assert gateway.get_domain_name(domainName="payments.example.com")["tags"] == {"Phase": "migration"}
