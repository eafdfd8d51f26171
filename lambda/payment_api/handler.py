"""The handler behind the load balancer.

Environment: PARAMETERS (prefix; `/writer`, `/limits/currency` and `/limits/largest-payment` are read below it),
SOURCE_SECRET and TARGET_SECRET (logins of the application role, with host, port and dbname), and the common TLS and
TRUST. The header `x-principal`, which the API sets to the authorizer's `principal`, keeps callers apart.
"""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from common import clients, log
from common.database import Database, connect
from common.errors import InvalidEvent, InvalidSettings
from common.parameters import Parameters, Writer
from common.secrets import Login, parse_login, read
from common.settings import Address, Trust, Variables, address
from payment_api.api import Api
from payment_api.cached import Cached
from payment_api.http import BodyTooLong, HeaderForm, parse_request, problem, render
from payment_api.payment import Limits, parse_limits
from payment_api.writer import WriterDatabase

WRITER_YOUNG = 1.0
"""Seconds that the name of the writer is believed."""

WRITER_KEPT = 30.0
"""Seconds that it serves on while Parameter Store does not answer (it throttles at 40 calls a second by default)."""

LIMITS_YOUNG, LIMITS_KEPT = 60.0, 3600.0
"""The same for the limits."""

STATEMENT = 4.0
"""Seconds of a statement, at most; the network may take five more, twice at worst: inside the API's 29 seconds."""


@dataclass(frozen=True)
class Settings:
    """Where the writer's name, the limits and the two logins are."""

    parameters: str
    secrets: Mapping[Writer, str]
    trust: Trust


def parse_settings(variables: Variables) -> Settings:
    """Read the environment."""
    return Settings(
        variables.required("PARAMETERS"),
        {
            Writer.SOURCE: variables.required("SOURCE_SECRET"),
            Writer.TARGET: variables.required("TARGET_SECRET"),
        },
        variables.trust(),
    )


def handle(event: Mapping[str, Any], _context: object) -> dict[str, object]:
    """Answer the load balancer; whatever happens, with an answer and not with an error's trace."""
    form = HeaderForm.MULTIPLE if HeaderForm.MULTIPLE.value in event else HeaderForm.SINGLE
    try:
        return render(_api().respond(parse_request(event)), form)
    except BodyTooLong:
        return render(problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too long"), form)
    except InvalidEvent as fault:
        log.error("invalid-event", fault=str(fault))
        return render(problem(HTTPStatus.BAD_REQUEST, "the request cannot be read"), form)
    except Exception as fault:  # the last resort: an unforeseen error's text may quote the request
        log.error("failed", fault=type(fault).__name__, sqlstate=getattr(fault, "sqlstate", None))
        return render(problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the request failed"), form)


@cache
def _api() -> Api:
    settings = parse_settings(Variables(os.environ))
    parameters = Parameters(clients.ssm(), settings.parameters)
    logins = _Logins(settings)
    return Api(
        WriterDatabase(Cached(parameters.writer, WRITER_YOUNG, WRITER_KEPT, time.time), logins.connect, logins.forget),
        Cached(lambda: _read_limits(settings.parameters), LIMITS_YOUNG, LIMITS_KEPT, time.time),
        uuid4,
    )


def _read_limits(prefix: str) -> Limits:
    names = [f"{prefix}/limits/currency", f"{prefix}/limits/largest-payment"]
    found = {
        parameter["Name"]: parameter["Value"] for parameter in clients.ssm().get_parameters(Names=names)["Parameters"]
    }
    if absent := [name for name in names if name not in found]:
        raise InvalidSettings(f"the parameter {absent[0]} does not exist")
    return parse_limits(found[names[0]], found[names[1]])


class _Logins:
    """The logins of both sides, read when they are first needed and again when one is refused."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: dict[Writer, tuple[Address, Login]] = {}

    @contextmanager
    def connect(self, writer: Writer) -> Iterator[Database]:
        if writer not in self._known:
            secret = self._settings.secrets[writer]
            value = read(clients.secretsmanager(), secret)
            self._known[writer] = address(value, f"the secret {secret}"), parse_login(value, secret)
        where, login = self._known[writer]
        with connect(where, login, self._settings.trust, timeout=STATEMENT) as database:
            yield database

    def forget(self, writer: Writer) -> None:
        self._known.pop(writer, None)
