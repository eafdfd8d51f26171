"""Keys as numbers: cutting by arithmetic what need not be read.

Bounds only need to be roughly even. Chunks cover every row whatever the bounds are, and in whatever order a server
sorts them: a row belongs to the first chunk whose upper bound is not before it, and it lies behind the bound
below, since that one was before it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_CASED = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_DIGITS = 10  # characters of a text that count
_NIBBLES = 24
_MICROSECONDS = 1_000_000
_ZERO = "0000-00-00"  # MySQL's date before all others


@dataclass(frozen=True)
class Axis:
    """A type of key that is counted with: text to number and back."""

    number: Callable[[str], int]
    text: Callable[[int], str]


INTEGER = Axis(int, str)
UUIDS = Axis(lambda text: UUID(text).int, lambda number: str(UUID(int=number)))


def _day(text: str) -> int:
    """Which day; MySQL also keeps dates without day or month, and without any of the three."""
    year, month, day = (int(part) for part in text.split("-"))
    return date(year, max(1, month), max(1, day)).toordinal() if year else 0


def _date(number: int) -> str:
    return date.fromordinal(number).isoformat() if number > 0 else _ZERO


DATES = Axis(_day, _date)


def instants() -> Axis:
    """Points in time, by microseconds."""

    def number(text: str) -> int:
        day, _, time = text.partition(" ")
        clock, _, fraction = time.partition(".")
        hours, minutes, seconds = (int(part) for part in clock.split(":"))
        return (((_day(day) * 24 + hours) * 60 + minutes) * 60 + seconds) * _MICROSECONDS + int(fraction)

    def text(number: int) -> str:
        seconds, fraction = divmod(number, _MICROSECONDS)
        minutes, second = divmod(seconds, 60)
        hours, minute = divmod(minutes, 60)
        day, hour = divmod(hours, 24)
        return f"{_date(day)} {hour:02}:{minute:02}:{second:02}.{fraction:06}"

    return Axis(number, text)


def decimals(scale: int) -> Axis:
    """Numbers with so many digits behind the point."""
    return Axis(lambda text: int(Decimal(text).scaleb(scale)), lambda number: f"{Decimal(number).scaleb(-scale):f}")


def texts(prefix: str, *, cased: bool) -> Axis:
    """Texts that begin alike, by the letters and digits that follow; orders sort those alike but for case."""
    alphabet = _CASED if cased else _LETTERS
    base = len(alphabet) + 1

    def number(text: str) -> int:
        folded = (text if cased else text.lower())[len(prefix) :][:_DIGITS]
        digits = [_place(alphabet, character) for character in folded] + [0] * (_DIGITS - len(folded))
        total = 0
        for digit in digits:
            total = total * base + digit
        return total

    def text(number: int) -> str:
        digits = []
        for _ in range(_DIGITS):
            number, digit = divmod(number, base)
            digits.append(digit)
        return prefix + "".join(alphabet[digit - 1] for digit in reversed(digits) if digit)

    return Axis(number, text)


def binaries(prefix: str) -> Axis:
    """Bytes that begin alike, written in hexadecimal digits, by those that follow."""
    even = prefix[: len(prefix) // 2 * 2]
    return Axis(
        lambda text: int(text[len(even) :][:_NIBBLES].ljust(_NIBBLES, "0"), 16),
        lambda number: f"{even}{number:0{_NIBBLES}x}",
    )


def beginning(left: str, right: str) -> str:
    """What two texts begin with alike."""
    return next(
        (left[:at] for at, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), min(left, right)
    )


def between(points: list[int], wanted: int) -> list[int]:
    """The `wanted - 1` inner bounds of as many even parts of `points`, each gap of which holds as many rows."""
    if len(points) < 2:
        return []
    found: list[int] = []
    for part in range(1, wanted):
        index, rest = divmod(part * (len(points) - 1), wanted)
        low, high = points[index], points[index + 1]
        bound = low + (high - low) * rest // wanted
        if not found or bound > found[-1]:
            found.append(bound)
    return found


def halve(low: int, high: int, rows: Callable[[int, int], int], most: int) -> list[int]:
    """Inner bounds of (`low`, `high`], so that `rows` estimates no more than `most` between two, as far as can be.

    Ranges are halved while they hold more, and then put together again while they hold less.
    """
    found: list[int] = []
    held = 0
    open_ranges = [(low, high)]
    while open_ranges:
        below, above = open_ranges.pop()
        expected = rows(below, above)
        if above - below > 1 and expected > most:
            middle = (below + above) // 2
            open_ranges += [(middle, above), (below, middle)]
            continue
        if held + expected > most and below > low:
            found.append(below)
            held = 0
        held += expected
    return found


def _place(alphabet: str, character: str) -> int:
    place = alphabet.find(character)
    if place >= 0:
        return place + 1
    return sum(other <= character for other in alphabet)
