"""Card numbers, which no part of the system may store or log (PCI DSS 3.3, 3.5)."""

import re
from typing import Final

# A number without separators, or as printed on a card: groups of four, or Amex's 4-6-5. Adjacent letters make it part
# of a longer text: the digits of a UUID or a hash are no card number.
_UNSEPARATED: Final = re.compile(r"(?<![0-9A-Za-z])[0-9]{13,19}(?![0-9A-Za-z])")
_PRINTED: Final = re.compile(
    r"(?<![0-9A-Za-z-])"
    r"(?:[0-9]{4}(?:[ -][0-9]{4}){2,3}(?:[ -][0-9]{1,4})?|[0-9]{4}[ -][0-9]{6}[ -][0-9]{5})"
    r"(?![0-9A-Za-z-])"
)
_LENGTHS: Final = range(13, 20)


def looks_like_card_number(text: str) -> bool:
    """Return whether the text is 13 to 19 digits, with or without spaces and hyphens, that pass the Luhn check."""
    digits = text.replace(" ", "").replace("-", "")
    return digits.isascii() and digits.isdecimal() and len(digits) in _LENGTHS and passes_luhn(digits)


def holds_card_number(text: str) -> bool:
    """Return whether a part of the text looks like a card number."""
    found = (match.group() for pattern in (_UNSEPARATED, _PRINTED) for match in pattern.finditer(text))
    return looks_like_card_number(text) or any(looks_like_card_number(part) for part in found)


def passes_luhn(digits: str) -> bool:
    """Return whether the last digit is the check digit of the others (Luhn; ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * (1 + position % 2) for position, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0
