"""Schema of the payment code: `schema.sql` beside this module."""

from pathlib import Path
from typing import Final

TABLES: Final = ("payment",)
"""Names of the tables."""


def statements() -> str:
    """Return the statements that create the tables, unless they exist."""
    return Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
