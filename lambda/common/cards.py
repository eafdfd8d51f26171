"""Card numbers, which no part of this system may keep or write down (PCI DSS 3.3, 3.5)."""

import re
from typing import Final

# A number on its own, or as it is printed: groups of four, or Amex's 4-6-5. Letters beside it make it part of
# something longer (the digits of a UUID or a hash are no card number).
_ALONE: Final = re.compile(r"(?<![0-9A-Za-z])[0-9]{13,19}(?![0-9A-Za-z])")
_PRINTED: Final = re.compile(
    r"(?<![0-9A-Za-z-])"
    r"(?:[0-9]{4}(?:[ -][0-9]{4}){2,3}(?:[ -][0-9]{1,4})?|[0-9]{4}[ -][0-9]{6}[ -][0-9]{5})"
    r"(?![0-9A-Za-z-])"
)
_LENGTHS: Final = range(13, 20)


def looks_like_card_number(text: str) -> bool:
    """Tell whether this is 13 to 19 digits, perhaps spaced or hyphenated, that pass Luhn's check (ISO/IEC 7812-1)."""
    digits = text.replace(" ", "").replace("-", "")
    return digits.isascii() and digits.isdecimal() and len(digits) in _LENGTHS and passes_luhn(digits)


def holds_card_number(text: str) -> bool:
    """Tell whether something in this text looks like a card number."""
    found = (match.group() for pattern in (_ALONE, _PRINTED) for match in pattern.finditer(text))
    return looks_like_card_number(text) or any(looks_like_card_number(part) for part in found)


def passes_luhn(digits: str) -> bool:
    """Tell whether the last digit is the check digit of those before it (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * (1 + position % 2) for position, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0
