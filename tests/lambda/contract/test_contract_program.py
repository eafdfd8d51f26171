"""The units that a handler can reach."""

import pytest

from contract.program import Program, parse

HANDLER = "f.handler.handle"


def reached(**sources: str) -> list[str]:
    """Reach units from the handler of package `f`; double underscores in a key stand for dots."""
    program = parse({name.replace("__", "."): source for name, source in sources.items()})
    return [unit.name for unit in program.reachable(HANDLER)]


def test_called_function_is_reached_and_other_function_is_not() -> None:
    code = "def handle(event, context): return one()\ndef one(): ...\ndef other(): ...\n"
    assert reached(f__handler=code) == ["f.handler", "f.handler.handle", "f.handler.one"]


@pytest.mark.parametrize(
    ("imported", "call"),
    [
        ("from common.shared import one", "one()"),
        ("from common.shared import one as first", "first()"),
        ("from common import shared", "shared.one()"),
        ("import common.shared", "common.shared.one()"),
        ("import common.shared as shared", "shared.one()"),
    ],
)
def test_imported_function_is_reached(imported: str, call: str) -> None:
    handler = f"{imported}\ndef handle(event, context): return {call}\n"
    names = reached(f__handler=handler, common="", common__shared="def one(): ...\ndef other(): ...\n")
    assert names == ["common", "common.shared", "common.shared.one", "f.handler", "f.handler.handle"]


def test_import_inside_a_function_is_followed() -> None:
    handler = "def handle(event, context):\n    from common import shared\n    shared.one()\n"
    assert "common.shared.one" in reached(f__handler=handler, common="", common__shared="def one(): ...\n")


def test_function_passed_as_value_is_reached() -> None:
    handler = "from functools import partial\ndef handle(event, context): return partial(one)\ndef one(): ...\n"
    assert "f.handler.one" in reached(f__handler=handler)


def test_code_that_a_module_runs_on_import_is_reached() -> None:
    shared = "VALUE = one()\ndef one(): ...\n"
    handler = "from common.shared import VALUE\ndef handle(event, context): ...\n"
    assert "common.shared.one" in reached(f__handler=handler, common__shared=shared)


def test_annotation_is_no_reference() -> None:
    handler = "class Store:\n    def __init__(self): ...\ndef handle(event, context: Store) -> Store: ...\n"
    assert reached(f__handler=handler) == ["f.handler", "f.handler.handle"]


STORE = """
from dataclasses import dataclass
@dataclass
class Store:
    weight: int
    def get(self): return self._key()
    def put(self): ...
    def writer(self): ...
    def _key(self): ...
"""


def store(handler: str) -> set[str]:
    names = reached(f__handler=f"from f.store import Store\n{handler}", f__store=STORE)
    return {name.removeprefix("f.store.Store.") for name in names if name.startswith("f.store.Store.")}


def test_called_method_of_created_class_is_reached() -> None:
    assert store("def handle(event, context): return Store(1).get()\n") == {"get", "_key"}


def test_method_of_class_that_is_not_created_is_not_reached() -> None:
    assert store("def handle(event, context): return event.get()\n") == set()


def test_method_passed_as_value_is_reached() -> None:
    assert store("def handle(event, context): return use(Store(1).writer)\n") == {"writer"}


def test_field_access_is_no_reference_to_a_method_of_that_name() -> None:
    other = "class Parameters:\n    def weight(self): ...\n"
    handler = f"{other}def handle(event, context): return Parameters(), Store(1).weight\n"
    assert "f.handler.Parameters.weight" not in reached(
        f__handler=f"from f.store import Store\n{handler}", f__store=STORE
    )


def test_attribute_of_annotated_parameter_reaches_the_method_of_its_class() -> None:
    handler = (
        "class Other:\n    writer: int\n"
        "def handle(event, context): return run(event)\n"
        "def run(store: Store): return store.writer\n"
    )
    assert store(handler) == {"writer"}


def test_methods_of_class_with_foreign_base_are_reached() -> None:
    work = "from threading import Thread\nclass Work(Thread):\n    def run(self): ...\n"
    handler = f"{work}def handle(event, context): Work()\n"
    assert "f.handler.Work.run" in reached(f__handler=handler)


def test_special_method_of_created_class_is_reached() -> None:
    handler = "class Store:\n    def __getitem__(self, key): ...\ndef handle(event, context): return Store()[1]\n"
    assert "f.handler.Store.__getitem__" in reached(f__handler=handler)


def test_missing_handler_is_rejected() -> None:
    with pytest.raises(ValueError, match="no function"):
        Program({}).reachable(HANDLER)
