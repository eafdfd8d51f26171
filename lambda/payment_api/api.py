"""The payment API over one way to the writer."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from uuid import UUID

from common import log
from common.cache import Cached
from common.errors import Unavailable
from payment_api import store
from payments.http import Request, Response, problem
from payments.payment import Limits, Payment, parse_idempotency_key, parse_members, parse_payment, payment_to_json
from payments.routes import current, principal
from payments.writer import WriterConnection

_MEMBERS: Final = frozenset({"amount", "currency", "token"})


@dataclass(frozen=True)
class Api:
    """What answers the routes."""

    writer: WriterConnection
    limits: Cached[Limits]
    new_id: Callable[[], UUID]

    def health(self) -> Response:
        """Healthy is who can write to the current writer."""
        if not self.writer.run(store.takes_writes):
            raise Unavailable("read-only")
        return Response(HTTPStatus.OK, {"status": "ok"})

    def take(self, request: Request) -> Response:
        """Take a payment."""
        key = parse_idempotency_key(request.header("idempotency-key"))
        claim = store.Claim(principal(request), key)
        wanted = parse_payment(parse_members(request.body, _MEMBERS), current(self.limits))
        new_id = self.new_id()

        outcome = self.writer.run(lambda database: store.take(database, claim, wanted, new_id))
        match outcome:
            case store.Refusal.KEY_REUSED:
                return problem(HTTPStatus.UNPROCESSABLE_ENTITY, outcome.value)
            case store.Refusal.KEY_VANISHED:
                raise Unavailable(outcome.value)
            case Payment() as payment:
                log.info("payment-taken" if payment.id == new_id else "payment-repeated", payment=str(payment.id))
                return Response(HTTPStatus.CREATED, payment_to_json(payment), {"location": f"/payments/{payment.id}"})

    def find(self, request: Request, payment_id: UUID) -> Response:
        """Tell of a payment."""
        caller = principal(request)
        payment = self.writer.run(lambda database: store.find(database, caller, payment_id))
        if payment is None:
            return problem(HTTPStatus.NOT_FOUND, "there is no such payment")
        return Response(HTTPStatus.OK, payment_to_json(payment))
