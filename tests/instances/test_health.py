"""The health endpoint of instances, over real sockets; calls to AWS are faked."""

import ast
import json
import socket
import ssl
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPSConnection
from pathlib import Path

import pytest

import health

PARAMETER = health.Parameter("us-east-1", "/payment/migration/abc123/writer")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    folder = tmp_path_factory.mktemp("certificate")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=test"
    subprocess.run([*command.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return str(certificate), str(key)


@pytest.fixture
def database() -> Iterator[health.Address]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield health.Address("127.0.0.1", listening.getsockname()[1])


@pytest.fixture
def closed() -> health.Address:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return health.Address("127.0.0.1", listening.getsockname()[1])


class Fakes:
    """Fakes of the clock, of Parameter Store and of the network."""

    def __init__(self) -> None:
        self.now, self.writer, self.reachable = 0.0, "source", True
        self.responds = True
        self.probed: list[str] = []

    def read(self, parameter: health.Parameter) -> str:
        assert parameter == PARAMETER
        if not self.responds:
            raise OSError
        return self.writer

    def reaches(self, address: health.Address) -> bool:
        self.probed.append(str(address))
        return self.reachable

    def probe(self, settings: health.Settings) -> health.DatabaseProbe:
        return health.DatabaseProbe(settings, self.read, self.reaches, lambda: self.now)


def settings(**more: str) -> health.Settings:
    plain = {"PORT": "8443", "HEALTH_PATH": "/health", "LIVENESS_PATH": "/alive", "CERTIFICATE": "c"}
    plain["CERTIFICATE_KEY"] = "k"
    return health.parse_settings({**plain, **more})


def replicated() -> health.Settings:
    return settings(
        TARGET_DATABASE="new:3306",
        SOURCE_DATABASES="old:3306,older:3307",
        PARAMETER_PREFIX="/payment/migration/abc123",
        PARAMETER_REGION="us-east-1",
    )


def test_settings_contain_the_database_of_each_writer() -> None:
    found = replicated()
    assert found.writer == PARAMETER
    assert found.databases == {
        "target": (health.Address("new", 3306),),
        "source": (health.Address("old", 3306), health.Address("older", 3307)),
    }


@pytest.mark.parametrize("wrong", [{"TARGET_DATABASE": "nowhere"}, {"SOURCE_DATABASES": "old:3306"}, {"PORT": ""}])
def test_invalid_settings_are_rejected(wrong: dict[str, str]) -> None:
    with pytest.raises(health.InvalidSettings):
        settings(**wrong)


def test_instance_without_database_is_healthy() -> None:
    assert Fakes().probe(settings()).check() is None


def test_database_without_replication_is_always_the_writer() -> None:
    fakes = Fakes()
    fakes.responds = False
    assert fakes.probe(settings(TARGET_DATABASE="new:5432")).check() is None
    assert fakes.probed == ["new:5432"]


def test_writer_database_must_be_reachable() -> None:
    fakes = Fakes()
    probe = fakes.probe(replicated())
    assert probe.check() is None
    fakes.writer = "target"
    assert probe.check() is None
    assert fakes.probed == ["old:3306", "older:3307", "new:3306"]


def test_fenced_databases_are_unhealthy() -> None:
    fakes = Fakes()
    fakes.writer = "fenced"
    assert fakes.probe(replicated()).check() == "no database takes writes: the writer is fenced"


def test_reachable_database_is_not_probed_again_within_its_ttl() -> None:
    fakes = Fakes()
    probe = fakes.probe(settings(TARGET_DATABASE="new:3306"))
    for fakes.now in range(0, int(health.REACHABLE_TTL) + 1, int(health.INTERVAL)):
        assert probe.check() is None
    assert len(fakes.probed) == 2


def test_unreachable_database_is_probed_every_time() -> None:
    fakes = Fakes()
    fakes.reachable = False
    probe = fakes.probe(settings(TARGET_DATABASE="new:3306"))
    assert probe.check() == "new:3306 cannot be reached"
    assert probe.check() == "new:3306 cannot be reached"
    fakes.reachable = True
    assert probe.check() is None
    assert len(fakes.probed) == 3


def test_last_known_writer_is_used_for_a_minute() -> None:
    fakes = Fakes()
    probe = fakes.probe(replicated())
    assert probe.check() is None
    fakes.responds = False
    fakes.now = health.WRITER_TTL
    assert probe.check() is None
    fakes.now += 1
    assert probe.check() == "the writer is unknown"


def test_listening_port_is_reachable(database: health.Address, closed: health.Address) -> None:
    assert health.can_reach(database)
    assert not health.can_reach(closed)


def test_parameter_is_read_with_the_aws_cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = tmp_path / "arguments"
    command = tmp_path / "aws"
    command.write_text(f'#!/bin/sh\necho "$@" > {arguments}\necho target\n')
    command.chmod(0o755)
    monkeypatch.setattr(health, "AWS", str(command))
    assert health.read_parameter(PARAMETER) == "target"
    assert arguments.read_text().split() == [
        *("ssm", "get-parameter", "--region", "us-east-1", "--name", PARAMETER.name),
        *("--query", "Parameter.Value", "--output", "text"),
    ]
    command.write_text("#!/bin/sh\nexit 254\n")
    with pytest.raises(OSError, match="does not respond"):
        health.read_parameter(PARAMETER)


@pytest.fixture
def server(certificate: tuple[str, str]) -> Iterator[health.Server]:
    chain, key = certificate
    serving = health.Server(replace(settings(), port=0, certificate=chain, key=key))
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    yield serving
    serving.shutdown()
    serving.server_close()


def ask(server: health.Server, path: str = "/health", method: str = "GET", **headers: str) -> tuple[int, str]:
    trusting = ssl._create_unverified_context()  # a load balancer does not verify targets
    connection = HTTPSConnection("127.0.0.1", server.server_address[1], context=trusting, timeout=5)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, json.loads(body)["status"] if body else ""


def test_server_is_unhealthy_before_the_first_check(server: health.Server) -> None:
    assert ask(server) == (503, "the first check has not finished")


def test_load_balancer_receives_the_health(server: health.Server) -> None:
    server.reason = None
    assert ask(server) == (200, "ok")
    assert ask(server, "/health?x=1") == (200, "ok")
    server.reason = "db:3306 cannot be reached"
    assert ask(server) == (503, "db:3306 cannot be reached")


def test_instance_is_alive_without_its_database(server: health.Server) -> None:
    server.reason = "db:3306 cannot be reached"
    assert ask(server, "/alive") == (200, "ok")
    assert ask(server, "/alive", **{"X-Forwarded-For": "198.51.100.7"})[0] == 503


def test_forwarded_request_receives_503(server: health.Server) -> None:
    server.reason = None
    refused = (503, "no payment service is deployed yet")
    assert ask(server, **{"X-Forwarded-For": "198.51.100.7"}) == refused
    assert ask(server, "/payments", "POST", **{"X-Forwarded-For": "198.51.100.7"}) == refused
    assert ask(server, "/payments") == refused


def test_silent_connection_does_not_block_others(server: health.Server) -> None:
    server.reason = None
    with socket.create_connection(("127.0.0.1", server.server_address[1])):
        assert ask(server) == (200, "ok")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_tls_version_is_rejected(server: health.Server) -> None:
    old = ssl._create_unverified_context()
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(OSError, match=r"(?i)ssl|protocol"):
        urllib.request.urlopen(f"https://127.0.0.1:{server.server_address[1]}/health", context=old, timeout=5)


def test_code_parses_with_the_python_of_the_image() -> None:
    ast.parse(Path(health.__file__).read_text(), feature_version=(3, 9))
