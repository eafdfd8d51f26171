"""The output of `test_decoding`."""

import pytest

from local_aws.dms_data_plane.changes import Change, TableName, Verb
from local_aws.dms_data_plane.logical_decoding import parse

_TABLE = TableName("public", "payments")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("id[bigint]:1", {"id": "1"}),
        ("note[text]:null", {"note": None}),
        ("note[text]:'It''s [text]:1'", {"note": "It's [text]:1"}),
        ("note[text]:'two\nlines'", {"note": "two\nlines"}),
        ("paid[boolean]:true amount[numeric]:12.50", {"paid": "true", "amount": "12.50"}),
        ("at[timestamp with time zone]:'2026-01-01 00:00:00+00'", {"at": "2026-01-01 00:00:00+00"}),
        ("tags[text[]]:'{a,b}' bits[bit]:B'101'", {"tags": "{a,b}", "bits": "101"}),
        ('"Odd ""name"[text]:\'x\'', {'Odd "name': "x"}),
        ("id[bigint]:1 note[text]:unchanged-toast-datum", {"id": "1"}),
    ],
)
def test_inserted_row_has_its_values(text: str, values: dict[str, str | None]) -> None:
    assert parse(f"table public.payments: INSERT: {text}") == (Change(_TABLE, Verb.INSERT, values, {}),)


def test_update_of_the_key_has_both_keys() -> None:
    (change,) = parse("table public.payments: UPDATE: old-key: id[bigint]:1 new-tuple: id[bigint]:2 note[text]:'x'")
    assert (change.identity, change.values) == ({"id": "1"}, {"id": "2", "note": "x"})


def test_update_of_other_columns_has_the_new_row_only() -> None:
    (change,) = parse("table public.payments: UPDATE: id[bigint]:1 note[text]:'x'")
    assert (change.identity, change.values) == ({}, {"id": "1", "note": "x"})


def test_delete_has_the_key() -> None:
    assert parse("table public.payments: DELETE: id[bigint]:1") == (Change(_TABLE, Verb.DELETE, {}, {"id": "1"}),)


def test_delete_without_a_key_identifies_no_row() -> None:
    assert parse("table public.payments: DELETE: (no-tuple-data)") == (Change(_TABLE, Verb.DELETE, {}, {}),)


def test_truncate_names_each_table() -> None:
    text = 'table public.payments, audit."Odd name": TRUNCATE: restart_seqs cascade'
    assert [change.table for change in parse(text)] == [_TABLE, TableName("audit", "Odd name")]


@pytest.mark.parametrize("text", ["BEGIN 731", "COMMIT 731"])
def test_begin_and_commit_are_no_changes(text: str) -> None:
    assert parse(text) == ()
