"""What was found, as it may leave the program: counts, names of columns, and keyed hashes of keys."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from database import secrets
from migration.row_readers.comparison_plan import Key
from validation.settings import Validation, folder

_SHOWN = 20


@dataclass(frozen=True)
class Found:
    """The rows that differ, by kind.

    `inconclusive` rows changed on both sides at every look: nobody can tell before writes stop. `without_key` and
    `inconclusive_rows` count rows of tables without a key, as far as sums and counts tell.
    """

    missing: list[Key] = field(default_factory=list)
    extra: list[Key] = field(default_factory=list)
    changed: dict[Key, list[str]] = field(default_factory=dict)
    inconclusive: list[Key] = field(default_factory=list)
    without_key: int = 0
    inconclusive_rows: int = 0

    @property
    def different(self) -> int:
        """How many rows differ for certain."""
        return len(self.missing) + len(self.extra) + len(self.changed) + self.without_key


def told(validation: Validation, item: Mapping[str, Any], found: Found) -> dict[str, Any]:
    """The answer of a chunk that differs; each of its rows becomes a line of a file beside the plan."""
    hide = _hider(validation, str(item["table"])) if found.different or found.inconclusive else None
    lines = list(_lines(item, found, hide)) if hide else []
    if lines:
        validation.store.client.put_object(
            Bucket=validation.store.bucket,
            Key=f"{folder(item['execution'])}/differences/{item['replication']}/{item['table']}/{item['chunk']}.jsonl",
            Body="\n".join(json.dumps(line, separators=(",", ":")) for line in lines).encode(),
            ContentType="application/jsonl",
        )
    columns = {name for names in found.changed.values() for name in names}
    return {
        "different": found.different,
        "missing": len(found.missing),
        "extra": len(found.extra),
        "changed": len(found.changed),
        "without_key": found.without_key,
        "inconclusive": len(found.inconclusive) + found.inconclusive_rows,
        "columns": sorted(columns),
        "keys": [line["key"] for line in lines if line["kind"] != "inconclusive"][:_SHOWN],
    }


def _lines(item: Mapping[str, Any], found: Found, hide: Callable[[Key], str]) -> Iterator[dict[str, Any]]:
    kinds = (
        ("missing", found.missing),
        ("extra", found.extra),
        ("changed", list(found.changed)),
        ("inconclusive", found.inconclusive),
    )
    for kind, keys in kinds:
        for key in keys:
            yield {"table": item["table"], "kind": kind, "key": hide(key), "columns": found.changed.get(key, [])}


def _hider(validation: Validation, table: str) -> Callable[[Key], str]:
    """Keys of rows leave this program only as HMAC-SHA-256 under a key that is kept in a secret."""
    secret = str(secrets.read(validation.secrets, validation.hash_key_secret)["key"]).encode()

    def hide(key: Key) -> str:
        text_of_key = "".join(f"{len(part)}:{part}" for part in (table, *key))
        return hmac.new(secret, text_of_key.encode(), hashlib.sha256).hexdigest()

    return hide
