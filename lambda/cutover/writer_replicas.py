"""Replicas of the parameter `writer` in the other regions with payment code."""

from collections.abc import Iterator
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from common import log
from common.errors import PreconditionFailed
from common.parameters import Parameters, Writer


@dataclass(frozen=True)
class WriterReplicas:
    """Parameters of the other regions. The loss of a region does not stop the payment code of the others."""

    regions: tuple[Parameters, ...]

    def update(self, writer: Writer) -> None:
        """Set the replicas that can be reached.

        A stale replica loses no payment, since the fenced database accepts none. So it must not stop a rollback.
        """
        for region, cause in self._set(writer):
            log.error("writer-replica-stale", region=region, error=cause)

    def require(self, writer: Writer) -> None:
        """Set the replicas; raise `PreconditionFailed` if one cannot be reached."""
        for region, cause in self._set(writer):
            raise PreconditionFailed(f"{self.regions[0].prefix}/writer in {region} cannot be written: {cause}")

    def _set(self, writer: Writer) -> Iterator[tuple[str, str]]:
        """Set each replica; yield the region and the cause of each failure."""
        for parameters in self.regions:
            try:
                parameters.set_writer(writer)
            except (BotoCoreError, ClientError) as error:
                yield parameters.client.meta.region_name, type(error).__name__
