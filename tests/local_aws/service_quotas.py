"""Service Quotas: increases of the quotas that the local AWS enforces."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.servicequotas.models import ServiceQuotasBackend, servicequotas_backends
from moto.servicequotas.responses import ServiceQuotasResponse

from local_aws.patching import add_action


@dataclass(frozen=True)
class Quota:
    """An adjustable quota of a service in a Region."""

    service: str
    code: str
    default: int

    def value(self, account: str, region: str) -> int:
        """Return the value that applies in `region`."""
        return _applied(servicequotas_backends[account][region]).get(self.code, self.default)


ELASTIC_IP_ADDRESSES = Quota("ec2", "L-0263D0A3", 5)
VPCS = Quota("vpc", "L-F678F1CE", 5)
CONCURRENT_EXECUTIONS = Quota("lambda", "L-B99A9384", 1000)
QUOTAS = (ELASTIC_IP_ADDRESSES, VPCS, CONCURRENT_EXECUTIONS)


@add_action(ServiceQuotasResponse, "request_service_quota_increase")
def increase_quota(self: Any) -> str:
    """Increase the quota at once. AWS takes minutes to days."""
    service, code = self._get_param("ServiceCode"), self._get_param("QuotaCode")
    if not any((quota.service, quota.code) == (service, code) for quota in QUOTAS):
        raise NotImplementedError(f"no quota {code} of {service}")
    value = self._get_param("DesiredValue")
    _applied(self.backend)[code] = int(value)
    now = datetime.now(UTC).timestamp()
    request = {"ServiceCode": service, "QuotaCode": code, "DesiredValue": value, "Status": "APPROVED", "Created": now}
    return json.dumps({"RequestedQuota": request})


def _applied(backend: ServiceQuotasBackend) -> dict[str, int]:
    """Return the increased values by code."""
    values: dict[str, int] = backend.__dict__.setdefault("applied_values", {})
    return values
