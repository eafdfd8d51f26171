"""Another region with payment code has a replica of the parameter `writer`."""

import json
from collections.abc import Iterator

import pytest
from botocore.exceptions import EndpointConnectionError

from common import clients
from common.errors import PreconditionFailed
from support.environment import Environment

REGION = "us-east-2"


@pytest.fixture
def two_regions(environment: Environment) -> Iterator[Environment]:
    environment.variables["PARAMETER_REPLICA_REGIONS"] = json.dumps([REGION])
    clients.ssm(REGION).put_parameter(Name=name(environment), Value="source", Type="String")
    yield environment


def name(environment: Environment) -> str:
    return f"{environment.variables['PARAMETER_PREFIX']}/writer"


def replica(environment: Environment) -> str:
    """Return the writer in the other region."""
    return clients.ssm(REGION).get_parameter(Name=name(environment))["Parameter"]["Value"]


def lose_region() -> None:
    """Make every write in the other region fail."""

    def fail(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url=f"https://ssm.{REGION}.amazonaws.com")

    clients.ssm(REGION).meta.events.register("before-call.ssm.PutParameter", fail)


def test_cutover_and_rollback_set_the_writer_of_both_regions(two_regions: Environment) -> None:
    two_regions.start_replication()
    two_regions.cut_over()
    assert (two_regions.parameter("writer"), replica(two_regions)) == ("target", "target")
    two_regions.roll_back()
    assert (two_regions.parameter("writer"), replica(two_regions)) == ("source", "source")


def test_unreachable_region_prevents_the_fence(two_regions: Environment) -> None:
    two_regions.start_replication()
    lose_region()
    with pytest.raises(PreconditionFailed, match=f"writer in {REGION} cannot be written: EndpointConnectionError"):
        two_regions.run("fence_source")
    assert two_regions.parameter("writer") == "source"
    assert two_regions.can_log_in(two_regions.source)


def test_unreachable_region_does_not_prevent_the_rollback(
    two_regions: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    two_regions.start_replication()
    two_regions.cut_over()
    lose_region()
    two_regions.roll_back()
    assert two_regions.parameter("writer") == "source"
    assert "writer-replica-stale" in capsys.readouterr().out


def test_soak_does_not_begin_with_a_stale_replica(two_regions: Environment) -> None:
    two_regions.start_replication()
    two_regions.cut_over()
    lose_region()
    with pytest.raises(PreconditionFailed, match="cannot be written"):
        two_regions.run("begin_soak")
