"""Ranges of keys: keys as numbers, so that arithmetic finds chunk bounds without reading rows.

Bounds only need to be roughly even. The chunks cover every row whatever the bounds are and however a server sorts them:
a row belongs to the first chunk whose upper bound is not before it, and comes after that chunk's lower bound.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_CASED_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_TEXT_DIGITS = 10
_BINARY_DIGITS = 24
_MICROSECONDS = 1_000_000
_ZERO_DATE = "0000-00-00"  # the earliest date of MySQL


@dataclass(frozen=True)
class KeyCodec:
    """Conversion between the text of a key and a number of the same order."""

    encode: Callable[[str], int]
    decode: Callable[[int], str]


def interpolate_bounds(points: list[int], parts: int) -> list[int]:
    """Return the bounds between `parts` even parts of `points`, if each interval of points holds as many rows."""
    if len(points) < 2:
        return []
    bounds: list[int] = []
    for part in range(1, parts):
        index, remainder = divmod(part * (len(points) - 1), parts)
        low, high = points[index], points[index + 1]
        bound = low + (high - low) * remainder // parts
        if not bounds or bound > bounds[-1]:
            bounds.append(bound)
    return bounds


def bisect_bounds(low: int, high: int, estimate: Callable[[int, int], int], max_rows: int) -> list[int]:
    """Return bounds within (`low`, `high`] between which `estimate` expects at most `max_rows` rows.

    Ranges with more rows are halved, down to a single number. Adjacent ranges are joined up to `max_rows`.
    """
    bounds: list[int] = []
    rows_since_bound = 0
    open_ranges = [(low, high)]
    while open_ranges:
        below, above = open_ranges.pop()
        rows = estimate(below, above)
        if above - below > 1 and rows > max_rows:
            middle = (below + above) // 2
            open_ranges += [(middle, above), (below, middle)]
            continue
        if rows_since_bound + rows > max_rows and below > low:
            bounds.append(below)
            rows_since_bound = 0
        rows_since_bound += rows
    return bounds


def common_prefix(left: str, right: str) -> str:
    """Return the characters that both texts start with."""
    return next(
        (left[:at] for at, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), min(left, right)
    )


def timestamps() -> KeyCodec:
    """Return the codec of timestamps, in microseconds."""

    def encode(text: str) -> int:
        day, _, time = text.partition(" ")
        clock, _, fraction = time.partition(".")
        hours, minutes, seconds = (int(part) for part in clock.split(":"))
        return (((_encode_date(day) * 24 + hours) * 60 + minutes) * 60 + seconds) * _MICROSECONDS + int(fraction)

    def decode(number: int) -> str:
        seconds, fraction = divmod(number, _MICROSECONDS)
        minutes, second = divmod(seconds, 60)
        hours, minute = divmod(minutes, 60)
        day, hour = divmod(hours, 24)
        return f"{_decode_date(day)} {hour:02}:{minute:02}:{second:02}.{fraction:06}"

    return KeyCodec(encode, decode)


def decimals(scale: int) -> KeyCodec:
    """Return the codec of numbers with `scale` decimal places."""
    return KeyCodec(lambda text: int(Decimal(text).scaleb(scale)), lambda number: f"{Decimal(number).scaleb(-scale):f}")


def texts(prefix: str, *, case_sensitive: bool) -> KeyCodec:
    """Return the codec of texts that start with `prefix`, by the letters and digits after it.

    Collations agree on the order of these characters, except for case.
    """
    alphabet = _CASED_LETTERS if case_sensitive else _LETTERS
    base = len(alphabet) + 1

    def encode(text: str) -> int:
        folded = (text if case_sensitive else text.lower())[len(prefix) :][:_TEXT_DIGITS]
        digits = [_digit(alphabet, character) for character in folded] + [0] * (_TEXT_DIGITS - len(folded))
        total = 0
        for digit in digits:
            total = total * base + digit
        return total

    def decode(number: int) -> str:
        digits = []
        for _ in range(_TEXT_DIGITS):
            number, digit = divmod(number, base)
            digits.append(digit)
        return prefix + "".join(alphabet[digit - 1] for digit in reversed(digits) if digit)

    return KeyCodec(encode, decode)


def binaries(prefix: str) -> KeyCodec:
    """Return the codec of bytes in hexadecimal digits that start with `prefix`, by the digits after it."""
    whole_bytes = prefix[: len(prefix) // 2 * 2]
    return KeyCodec(
        lambda text: int(text[len(whole_bytes) :][:_BINARY_DIGITS].ljust(_BINARY_DIGITS, "0"), 16),
        lambda number: f"{whole_bytes}{number:0{_BINARY_DIGITS}x}",
    )


def _encode_date(text: str) -> int:
    """Return the day's number; MySQL has dates without day or month, and the zero date."""
    year, month, day = (int(part) for part in text.split("-"))
    return date(year, max(1, month), max(1, day)).toordinal() if year else 0


def _decode_date(number: int) -> str:
    return date.fromordinal(number).isoformat() if number > 0 else _ZERO_DATE


INTEGERS = KeyCodec(int, str)
UUIDS = KeyCodec(lambda text: UUID(text).int, lambda number: str(UUID(int=number)))
DATES = KeyCodec(_encode_date, _decode_date)


def _digit(alphabet: str, character: str) -> int:
    place = alphabet.find(character)
    if place >= 0:
        return place + 1
    return sum(other <= character for other in alphabet)
