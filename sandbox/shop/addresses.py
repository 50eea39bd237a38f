"""Where an order goes: what has to be said, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

COUNTRIES = {
    "AT": "Austria",
    "BE": "Belgium",
    "CH": "Switzerland",
    "DE": "Germany",
    "DK": "Denmark",
    "ES": "Spain",
    "FI": "Finland",
    "FR": "France",
    "GB": "United Kingdom",
    "IE": "Ireland",
    "IT": "Italy",
    "NL": "Netherlands",
    "NO": "Norway",
    "PT": "Portugal",
    "SE": "Sweden",
}

# {field: (longest, what is said of an empty one)}
_FIELDS = {
    "email": (254, "Where may the receipt go?"),
    "name": (80, "Who is the parcel for?"),
    "street": (120, "Street and house number, please."),
    "postcode": (12, "It is missing."),
    "city": (80, "Which town?"),
    "country": (2, "Choose a country."),
}
FIELDS = tuple(_FIELDS)


@dataclass(frozen=True, slots=True)
class Address:
    """Name, postal address and the e-mail address for the receipt."""

    email: str
    name: str
    street: str
    postcode: str
    city: str
    country: str

    def as_dict(self) -> dict[str, str]:
        """Return {field: text}, as the form and the order hold it."""
        return asdict(self)


def read_address(typed: Mapping[str, str]) -> tuple[Address, dict[str, str]]:
    """Return the address without stray spaces, and {field: what is wrong with it}."""
    address = Address(**{field: " ".join(typed.get(field, "").replace("\0", "").split()) for field in FIELDS})
    errors = {}
    for field, (longest, missing) in _FIELDS.items():
        text = getattr(address, field)
        if not text:
            errors[field] = missing
        elif len(text) > longest:
            errors[field] = f"{longest} characters at most; these are {len(text)}."
        elif reason := _problem(field, text):
            errors[field] = reason
    return address, errors


def _problem(field: str, text: str) -> str:
    if field == "email":
        try:
            validate_email(text)
        except ValidationError:
            return "This is no e-mail address."
    if field == "postcode" and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 -]+", text):
        return "A postcode has letters and digits only."
    if field == "country" and text not in COUNTRIES:
        return "We do not deliver there."
    return ""
