"""Routes of the payment API on one connection to the writer."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from uuid import UUID

from common import log
from common.cache import Cached
from common.errors import Unavailable
from database.postgresql import Database
from payment_api import store
from payments.http import Request, Response, problem
from payments.payment import Limits, Payment, parse_idempotency_key, parse_members, parse_payment, payment_to_json
from payments.routes import current_limits, principal
from payments.writer import WriterConnection

_MEMBERS: Final = frozenset({"amount", "currency", "token"})


@dataclass(frozen=True)
class Api:
    """Handlers of the routes."""

    writer: WriterConnection
    limits: Cached[Limits]
    new_id: Callable[[], UUID]

    def health(self) -> Response:
        """Return 200 if the writer accepts writes."""
        if not self.writer.run(Database.accepts_writes):
            raise Unavailable("read-only")
        return Response(HTTPStatus.OK, {"status": "ok"})

    def accept(self, request: Request) -> Response:
        """Accept a payment."""
        key = parse_idempotency_key(request.header("idempotency-key"))
        claim = store.Claim(principal(request), key)
        requested = parse_payment(parse_members(request.body, _MEMBERS), current_limits(self.limits))
        new_id = self.new_id()

        outcome = self.writer.run(lambda database: store.accept(database, claim, requested, new_id))
        match outcome:
            case store.Conflict.KEY_REUSED:
                return problem(HTTPStatus.UNPROCESSABLE_ENTITY, outcome.value)
            case store.Conflict.KEY_REMOVED:
                raise Unavailable(outcome.value)
            case Payment() as payment:
                log.info("payment-accepted" if payment.id == new_id else "payment-repeated", payment=str(payment.id))
                return Response(HTTPStatus.CREATED, payment_to_json(payment), {"location": f"/payments/{payment.id}"})

    def find(self, request: Request, payment_id: UUID) -> Response:
        """Return a payment of the caller."""
        caller = principal(request)
        payment = self.writer.run(lambda database: store.find(database, caller, payment_id))
        if payment is None:
            return problem(HTTPStatus.NOT_FOUND, "the payment does not exist")
        return Response(HTTPStatus.OK, payment_to_json(payment))
