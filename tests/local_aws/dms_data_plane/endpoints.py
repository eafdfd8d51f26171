"""Endpoints: what the API was given about a database, completed from its secret and from the address map."""

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from moto.secretsmanager.models import secretsmanager_backends

from local_aws.dms_data_plane.errors import FatalError

_POSTGRESQL, _MYSQL = ("postgres", "aurora-postgresql"), ("mysql", "mariadb", "aurora")
_DEFAULT_HEARTBEAT_MINUTES = 5


class Engine(StrEnum):
    """The family of a database engine."""

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"


class TlsMode(StrEnum):
    """The modes of SslMode."""

    NONE = "none"
    REQUIRE = "require"
    VERIFY_CA = "verify-ca"
    VERIFY_FULL = "verify-full"


@dataclass(frozen=True)
class Address:
    """The address of a test server, in place of one that exists only in AWS or in a datacenter."""

    host: str
    port: int
    tls: TlsMode = TlsMode.NONE
    authority: str = field(default="", repr=False)
    """The certificate of the authority in PEM, for a server that has one of RDS in AWS. Functions trust it."""


AddressMap = Mapping[str, Address]
"""Addresses by the `host:port` of an endpoint or of its secret."""


@dataclass(frozen=True)
class EndpointSettings:
    """A database, as a task or a connection test reaches it."""

    identifier: str
    engine: Engine
    server: str
    """`host:port` as the API was given."""
    address: Address
    database: str | None
    user: str
    password: str = field(repr=False)
    ca_pem: str | None = field(default=None, repr=False)
    slot: str | None = None
    script: str | None = None
    """Statements that a session on the target begins with."""
    heartbeat_schema: str | None = None
    heartbeat_minutes: float = _DEFAULT_HEARTBEAT_MINUTES

    @property
    def name(self) -> str:
        """The server and the database."""
        return f"{self.server}/{self.database or ''}"

    def tls_context(self) -> ssl.SSLContext | None:
        """Return the TLS settings of a session, or None for a session in plain text."""
        if self.address.tls is TlsMode.NONE:
            return None
        context = ssl.create_default_context(cadata=self.ca_pem)
        context.check_hostname = self.address.tls is TlsMode.VERIFY_FULL
        if self.address.tls is TlsMode.REQUIRE:
            context.verify_mode = ssl.CERT_NONE
        return context


def engine_of(endpoint: Any) -> Engine | None:
    """Return the engine of a stored endpoint, or None for one that is not implemented."""
    name = endpoint.engine_name
    if name in _POSTGRESQL:
        return Engine.POSTGRESQL
    return Engine.MYSQL if name in _MYSQL else None


def has_database(endpoint: Any) -> bool:
    """Return whether an endpoint names a server. A task between endpoints without one only changes its status."""
    return bool(endpoint.server_name or _nested(endpoint).get("secretsmanagersecretid"))


def resolve(backend: Any, endpoint: Any, addresses: AddressMap) -> EndpointSettings:
    """Return the settings of a stored endpoint; raise `FatalError` if they are incomplete."""
    engine, nested = engine_of(endpoint), _nested(endpoint)
    if engine is None:
        raise FatalError(f"the local DMS has no data plane for the engine {endpoint.engine_name}")
    secret = _secret(backend.account_id, nested)
    host = secret.get("host") or endpoint.server_name
    port = secret.get("port") or endpoint.port
    if not host or not port:
        raise FatalError(f"neither endpoint {endpoint.endpoint_identifier} nor its secret has a host and a port")
    server = f"{host}:{port}"
    certificate = backend.__dict__.get("certificates", {}).get(endpoint.certificate_arn) or {}
    is_source = endpoint.endpoint_type == "source"
    schema = nested.get("heartbeatschema") or "public"
    return EndpointSettings(
        identifier=endpoint.endpoint_identifier,
        engine=engine,
        server=server,
        address=addresses.get(server) or Address(str(host), int(port), TlsMode(endpoint.ssl_mode or "none")),
        database=endpoint.database_name or nested.get("databasename") or secret.get("dbname"),
        user=str(secret.get("username") or endpoint.username),
        password=str(secret.get("password") or endpoint.password),
        ca_pem=certificate.get("CertificatePem"),
        slot=slot_of(endpoint),
        script=nested.get("afterconnectscript") or nested.get("initstmt"),
        heartbeat_schema=str(schema) if is_source and _is_true(nested.get("heartbeatenable")) else None,
        heartbeat_minutes=float(nested.get("heartbeatfrequency") or _DEFAULT_HEARTBEAT_MINUTES),
    )


def slot_of(endpoint: Any) -> str | None:
    """Return the setting `slotName`."""
    slot = _nested(endpoint).get("slotname")
    return str(slot) if slot else None


def _nested(endpoint: Any) -> dict[str, Any]:
    """Return the settings of the engine, and the extra connection attributes, by names in lower case."""
    attributes = [part.partition("=") for part in (endpoint.extra_connection_attributes or "").split(";") if part]
    settings = {**(endpoint.postgre_sql_settings or {}), **(endpoint.my_sql_settings or {})}
    return {
        **{str(name).lower(): value for name, value in settings.items()},
        **{name.strip().lower(): value.strip() for name, _, value in attributes},
    }


def _secret(account: str, nested: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the JSON object in the secret of an endpoint; DMS reads it again for every session."""
    arn = nested.get("secretsmanagersecretid")
    if not arn:
        return {}
    region = str(arn).split(":")[3]
    try:
        value = secretsmanager_backends[account][region].get_secret_value(arn, None, None)  # type: ignore[arg-type]
        found: Mapping[str, Any] = json.loads(value["SecretString"])
    except Exception as error:
        raise FatalError(f"the secret {arn} cannot be read: {error}") from None
    return found


def _is_true(value: object) -> bool:
    return str(value).lower() in ("true", "1", "y")
