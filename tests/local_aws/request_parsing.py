"""Requests as the input of an operation: moto's router and parsers, which here also report unknown members."""

import gzip
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from moto.core.model import OperationModel
from moto.core.parse import (
    EC2QueryParser,
    JSONParser,
    QueryParser,
    RequestParserError,
    RestJSONParser,
    RestXMLParser,
)
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound

# Parameters of the protocol itself. The Go SDK adds the name of the operation to REST requests as `x-id`.
QUERY_PROTOCOL_PARAMETERS = {"Action", "Version"}
REST_PROTOCOL_PARAMETERS = {"x-id"}

# The discriminator of unions in the JSON protocols.
JSON_PROTOCOL_MEMBERS = {"__type"}


JSON_TYPES: Mapping[str, type] = {
    "boolean": bool,
    "integer": int,
    "list": list,
    "long": int,
    "map": dict,
    "string": str,
}


class ParsedRequest(NamedTuple):
    """The operation of a request, its input, and the reasons why the protocol does not allow the request."""

    operation: OperationModel
    protocol: str
    input: Mapping[str, Any]
    errors: list[str]


def parse(service: str, request: Request) -> ParsedRequest:
    """Parse a request to a service; raise werkzeug's NotFound if the service has no such operation."""
    operation, uri_parameters = _match(service, request)
    protocol = determine_request_protocol(operation.service_model, request.content_type)
    parser = PARSERS[protocol](operation)
    values = ReadValues(request.values.to_dict())
    try:
        parsed: Mapping[str, Any] = parser.parse(
            {
                "method": request.method,
                "values": values if protocol in QUERY_PROTOCOLS else request.values,
                "headers": request.headers,
                "body": _body(request),
                "url_path": request.path,
                "url_params": uri_parameters,
            }
        )
    except (ValueError, RequestParserError) as error:
        return ParsedRequest(operation, protocol, {}, [f"Malformed request: {error}"])
    if protocol in QUERY_PROTOCOLS:
        unknown = sorted(values.keys() - values.read - QUERY_PROTOCOL_PARAMETERS)
    else:
        unknown = [*parser.unknown, *_unknown_url_parameters(operation, request)]
    return ParsedRequest(operation, protocol, parsed, [f"Unknown parameter: {name}" for name in unknown])


def _match(service: str, request: Request) -> tuple[OperationModel, dict[str, Any]]:
    """Match a request; for the protocol json, by the name of the operation, as some services have several prefixes."""
    try:
        return get_service_router(service).match(request)
    except NotFound:
        model = get_service_model(service)
        name = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        if name not in model.operation_names:
            raise
        return model.operation_model(name), {}


def _body(request: Request) -> bytes:
    return gzip.decompress(request.data) if request.content_encoding == "gzip" else request.data


class ReadValues(dict[str, str]):
    """Form parameters that record which of them a parser reads; the others are unknown."""

    def __init__(self, values: Mapping[str, str]) -> None:
        """Copy the parameters of a request."""
        super().__init__(values)
        self.read: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        """Return a parameter and record it."""
        self.read.add(key)
        return super().get(key, default)


class StrictJson:
    """Reports unknown members of JSON objects, and rejects values of another type instead of converting them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Begin without an unknown member."""
        super().__init__(*args, **kwargs)
        self.unknown: list[str] = []

    def _parse_shape(self, shape: Any, value: Any) -> Any:
        expected = JSON_TYPES.get(shape.type_name)
        # Values in the URL and in headers are strings.
        if expected and "location" not in shape.serialization and not isinstance(value, expected):
            raise ValueError(f"{shape.name} is of type {shape.type_name}, not {value!r}")
        return super()._parse_shape(shape, value)  # type: ignore[misc]

    def _parse_structure(self, shape: Any, value: Any) -> Any:
        if isinstance(value, dict) and not shape.is_document_type:
            known = {member.serialization.get("name", name) for name, member in shape.members.items()}
            self.unknown += [f"{shape.name}.{key}" for key in value.keys() - known - JSON_PROTOCOL_MEMBERS]
        return super()._parse_structure(shape, value)  # type: ignore[misc]


class StrictXml:
    """Reports unknown elements."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Begin without an unknown member."""
        super().__init__(*args, **kwargs)
        self.unknown: list[str] = []

    def _parse_structure(self, shape: Any, node: Any) -> Any:
        element = node[0] if isinstance(node, list) else node
        known = {self._member_key_name(member, name) for name, member in shape.members.items()}  # type: ignore[attr-defined]
        tags = {self._node_tag(child) for child in element}  # type: ignore[attr-defined]
        self.unknown += [f"{shape.name}.{tag}" for tag in tags - known]
        return super()._parse_structure(shape, node)  # type: ignore[misc]


class StrictJsonParser(StrictJson, JSONParser):
    """Parser of the protocol `json`."""


class StrictRestJsonParser(StrictJson, RestJSONParser):
    """Parser of the protocol `rest-json`."""


class StrictRestXmlParser(StrictXml, RestXMLParser):
    """Parser of the protocol `rest-xml`."""


QUERY_PROTOCOLS = ("query", "ec2")

PARSERS: Mapping[str, Any] = {
    "ec2": EC2QueryParser,
    "json": StrictJsonParser,
    "query": QueryParser,
    "rest-json": StrictRestJsonParser,
    "rest-xml": StrictRestXmlParser,
}


def _unknown_url_parameters(operation: OperationModel, request: Request) -> Iterator[str]:
    shape = operation.input_shape
    members = list(shape.members.items()) if shape else []
    in_url = [(name, member) for name, member in members if member.serialization.get("location") == "querystring"]
    if any(member.type_name == "map" for _, member in in_url):
        return
    known = {member.serialization.get("name", name) for name, member in in_url}
    known |= operation.http_trait.query_args.keys() | REST_PROTOCOL_PARAMETERS
    yield from (f"?{name}" for name in request.args if name not in known)
