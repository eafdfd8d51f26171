"""The environment of the payment pipeline: a real database, a table and a bucket; Lambda is faked."""

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
from payment_validation import handler as validation
from payments import schema
from support.postgres import Server
from support.secrets import create_secret
from transaction_processing import handler as transaction

PREFIX = "/payment/migration/abc123"
SCHEMA = schema.statements()
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
    """The invocation context."""

    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:lambda-validation:blue"
    remaining_seconds: float = 15

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the timeout."""
        return int(self.remaining_seconds * 1000)


@dataclass(frozen=True)
class Response:
    """The HTTP response to the load balancer."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]


@dataclass
class FakeLambda:
    """Runs the handlers in this process, with JSON payloads as in Lambda, and injects time-outs."""

    called: list[str] = field(default_factory=list)
    """The invoked functions, as `function:qualifier`, in order."""

    timing_out: set[str] = field(default_factory=set)
    """Functions that complete, but whose response arrives too late."""

    def invoke(self, target: str, payload: bytes) -> Mapping[str, Any]:
        """Run a function and return the response of Invoke."""
        self.called.append(target)
        name = target.partition(":")[0]
        try:
            result = FUNCTIONS[name].handle(json.loads(payload), Context())
        except Exception as error:
            content = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(content).encode())}
        if name in self.timing_out:
            raise ReadTimeoutError(endpoint_url="lambda")
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(result).encode())}

    @contextmanager
    def installed(self) -> Iterator["FakeLambda"]:
        """Serve the Invoke calls of boto3 inside the `with` block."""
        call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]

        def make_api_call(client: Any, operation: str, arguments: Any) -> Any:
            if operation == "Invoke":
                return self.invoke(arguments["FunctionName"], arguments["Payload"])
            return call(client, operation, arguments)

        with mock.patch.object(botocore.client.BaseClient, "_make_api_call", make_api_call):
            yield self


@dataclass(frozen=True)
class PipelineEnvironment:
    """The database, the CA certificates and the fake Lambda."""

    server: Server
    roots: Path
    service: FakeLambda

    def variables(self) -> Mapping[str, str]:
        """Return the environment variables of all three functions."""
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
        """Run SQL as the superuser."""
        return self.server.run(sql, DATABASE)

    def payments(self) -> list[list[Any]]:
        """Return the payments in the database."""
        return self.administer("select id::text, amount, status from payment order by created_at")

    def items(self) -> list[dict[str, Any]]:
        """Return the items of the table, without attribute types."""
        found = clients.dynamodb().scan(TableName=TABLE, ConsistentRead=True)["Items"]
        return [{name: next(iter(value.values())) for name, value in item.items()} for item in found]

    def records(self) -> list[dict[str, Any]]:
        """Return every version of every record in the audit bucket."""
        versions = clients.s3().list_object_versions(Bucket=BUCKET).get("Versions", [])
        bodies = [
            clients.s3().get_object(Bucket=BUCKET, Key=version["Key"], VersionId=version["VersionId"])["Body"].read()
            for version in versions
        ]
        return [json.loads(body) for body in bodies]

    def state(self) -> object:
        """Return everything that the pipeline has written."""
        return self.payments(), self.items(), self.records()

    def call(
        self,
        method: str = "POST",
        path: str = "/payments",
        headers: Mapping[str, str] | None = None,
        context: Context | None = None,
        **members: object,
    ) -> Response:
        """Invoke the validation function with a request of the load balancer."""
        response = validation.handle(
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
        assert isinstance(response["statusCode"], int)
        assert isinstance(response["headers"], dict)
        return Response(response["statusCode"], response["headers"], json.loads(str(response["body"])))


@contextmanager
def create_database(server: Server) -> Iterator[PipelineEnvironment]:
    """Create the database and its role, and drop them afterwards."""
    with TemporaryDirectory() as roots:
        for root in server.roots.glob("*.pem"):
            shutil.copy(root, roots)
        server.run("create role pipeline_app login password 'target'")
        server.run(f"create database {DATABASE}")
        yield PipelineEnvironment(server, Path(roots), FakeLambda())
        server.run(f"drop database {DATABASE} with (force)")
        server.run("drop role pipeline_app")


@contextmanager
def populate(made: PipelineEnvironment) -> Iterator[PipelineEnvironment]:
    """Reset the database and create the AWS resources."""
    _clear_caches()
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
    create_table()
    service = FakeLambda()
    with service.installed():
        yield PipelineEnvironment(made.server, made.roots, service)
    made.administer("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'pipeline_app'")
    _clear_caches()


def _clear_caches() -> None:
    for cached in (validation._api, validation._limits, fraud._detector, transaction._booking):
        cached.cache_clear()


def create_table() -> None:
    """Create the table as `stacks/blue-green.toml` describes it."""
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
