"""The three functions of the pipeline on a real database, a table and a bucket; Lambda is the one part played."""

import io
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import botocore.client
from botocore.exceptions import ReadTimeoutError

from common import clients
from database.address import Address
from fraud_detection import handler as fraud
from payment_api import handler as payment_api
from payment_validation import handler as validation
from support.postgres import Server
from support.secrets import create_secret
from transaction_processing import handler as transaction

PREFIX = "/payment/migration/abc123"
SCHEMA = (Path(payment_api.__file__).parent / "schema.sql").read_text()
DATABASE = "pipeline"
PARAMETERS = {
    "limits/currency": "USD,EUR",
    "limits/largest-payment": "100000",
    "fraud/block-above": "0.9",
    "fraud/review-above": "0.6",
}
TABLE, BUCKET = "transactions", "audit"
FUNCTIONS = {"lambda-fraud": fraud, "lambda-transaction": transaction}
BODY = {"amount": 1250, "currency": "EUR", "customer_id": "cus-17", "token": "tok_7f3a91c2"}


@dataclass(frozen=True)
class Context:
    """What Lambda tells of a call."""

    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:lambda-validation:blue"


@dataclass(frozen=True)
class Answer:
    """What the load balancer gets."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]


@dataclass
class Lambda:
    """Plays the service: calls handlers, and fails as it is told. Payloads are JSON both ways, as in the service."""

    called: list[str] = field(default_factory=list)
    """`function:qualifier`, in order."""

    timing_out: set[str] = field(default_factory=set)
    """Functions that do their work, and whose answers come too late."""

    def invoke(self, target: str, payload: bytes) -> Mapping[str, Any]:
        """Call a function."""
        self.called.append(target)
        name = target.partition(":")[0]
        try:
            answer = FUNCTIONS[name].handle(json.loads(payload), None)
        except Exception as fault:
            content = {"errorType": type(fault).__name__, "errorMessage": str(fault)}
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(content).encode())}
        if name in self.timing_out:
            raise ReadTimeoutError(endpoint_url="lambda")
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(answer).encode())}

    @contextmanager
    def playing(self) -> Iterator["Lambda"]:
        """Take the calls of Lambda's client."""
        call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]

        def made(client: Any, operation: str, arguments: Any) -> Any:
            if operation == "Invoke":
                return self.invoke(arguments["FunctionName"], arguments["Payload"])
            return call(client, operation, arguments)

        with mock.patch.object(botocore.client.BaseClient, "_make_api_call", made):
            yield self


@dataclass(frozen=True)
class PipelineEnvironment:
    """What a test has in hand."""

    server: Server
    roots: Path
    service: Lambda

    def variables(self) -> Mapping[str, str]:
        """Give the environment of all three functions."""
        return {
            "PARAMETER_PREFIX": PREFIX,
            "TARGET_SECRET": "secret-target",
            "DB_CA_DIR": str(self.roots),
            "TABLE_TRANSACTIONS": TABLE,
            "BUCKET_AUDIT": BUCKET,
            "FUNCTION_FRAUD_DETECTION": "lambda-fraud",
            "FUNCTION_TRANSACTION_PROCESSING": "lambda-transaction",
        }

    def administer(self, sql: str) -> list[list[Any]]:
        """Run SQL as the administrator."""
        return self.server.run(sql, DATABASE)

    def payments(self) -> list[list[Any]]:
        """Give the payments of the database."""
        return self.administer("select id::text, amount, status from payment order by created_at")

    def items(self) -> list[dict[str, Any]]:
        """Give the items of the table, without the types of their attributes."""
        found = clients.dynamodb().scan(TableName=TABLE, ConsistentRead=True)["Items"]
        return [{name: next(iter(value.values())) for name, value in item.items()} for item in found]

    def records(self) -> list[dict[str, Any]]:
        """Give every version of every record of the audit bucket."""
        versions = clients.s3().list_object_versions(Bucket=BUCKET).get("Versions", [])
        bodies = [
            clients.s3().get_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])["Body"].read()
            for version in versions
        ]
        return [json.loads(body) for body in bodies]

    def state(self) -> object:
        """Give all that the pipeline leaves behind."""
        return self.payments(), self.items(), self.records()

    def call(
        self,
        method: str = "POST",
        path: str = "/payments",
        headers: Mapping[str, str] | None = None,
        context: Context | None = None,
        **members: object,
    ) -> Answer:
        """Call validation as the load balancer does."""
        answer = validation.handle(
            {
                "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/x"}},
                "httpMethod": method,
                "path": path,
                "queryStringParameters": {},
                "headers": {"content-type": "application/json", "idempotency-key": "k1", **(headers or {})},
                "body": json.dumps({**BODY, **members}) if method == "POST" else "",
                "isBase64Encoded": False,
            },
            context or Context(),
        )
        assert isinstance(answer["statusCode"], int)
        assert isinstance(answer["headers"], dict)
        return Answer(answer["statusCode"], answer["headers"], json.loads(str(answer["body"])))


@contextmanager
def create_database(server: Server) -> Iterator[PipelineEnvironment]:
    """Make the database."""
    with TemporaryDirectory() as roots:
        for root in server.roots.glob("*.pem"):
            shutil.copy(root, roots)
        server.run("create role pipeline_app login password 'target'")
        server.run(f"create database {DATABASE}")
        yield PipelineEnvironment(server, Path(roots), Lambda())
        server.run(f"drop database {DATABASE} with (force)")
        server.run("drop role pipeline_app")


@contextmanager
def populate(made: PipelineEnvironment) -> Iterator[PipelineEnvironment]:
    """Empty the database, and make what AWS holds."""
    _forget()
    made.administer("drop table if exists payment")
    made.administer(SCHEMA)
    made.administer("grant select, insert on payment to pipeline_app")
    made.administer("alter role pipeline_app login")
    login = {
        "username": "pipeline_app",
        "password": "target",
        **asdict(Address("localhost", made.server.port, DATABASE)),
    }
    create_secret("secret-target", login)
    for name, value in PARAMETERS.items():
        clients.ssm().put_parameter(Name=f"{PREFIX}/{name}", Value=value, Type="String")
    clients.s3().create_bucket(Bucket=BUCKET)
    clients.s3().put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    _table()
    service = Lambda()
    with service.playing():
        yield PipelineEnvironment(made.server, made.roots, service)
    made.administer("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'pipeline_app'")
    _forget()


def _forget() -> None:
    for kept in (validation._api, validation._limits, fraud._detection, transaction._booking):
        kept.cache_clear()


def _table() -> None:
    """The table of `stacks/blue-green.toml`."""
    clients.dynamodb().create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "transaction_id", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"}
            for name in ("transaction_id", "customer_id", "status", "created_at")
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": [
                    {"AttributeName": hash_key, "KeyType": "HASH"},
                    {"AttributeName": "created_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
            for index, hash_key in (("customer", "customer_id"), ("status", "status"))
        ],
    )
