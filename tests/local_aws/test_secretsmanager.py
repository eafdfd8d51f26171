"""Replicas of secrets."""

from local_aws.conftest import Client

KEY = "arn:aws:kms:us-east-2:123456789012:key/00000000-0000-0000-0000-000000000000"


def test_replica_has_the_value_of_the_secret_and_a_key_of_its_own(client: Client) -> None:
    created = client("secretsmanager").create_secret(
        Name="payments-app", SecretString="{}", AddReplicaRegions=[{"Region": "us-east-2", "KmsKeyId": KEY}]
    )
    (status,) = client("secretsmanager").describe_secret(SecretId=created["ARN"])["ReplicationStatus"]
    assert (status["Region"], status["KmsKeyId"]) == ("us-east-2", KEY)
    replica = created["ARN"].replace(":us-east-1:", ":us-east-2:")
    client("secretsmanager").put_secret_value(SecretId=created["ARN"], SecretString='{"password": "rotated"}')
    value = client("secretsmanager", "us-east-2").get_secret_value(SecretId=replica)["SecretString"]
    assert value == '{"password": "rotated"}'
