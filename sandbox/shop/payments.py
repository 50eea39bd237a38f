"""A payment service that takes no money: some of its cards pay, some are refused.

The real ones work alike: the browser gets a token for a card from the service, and the server charges the token.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Card:
    """A card to try the checkout with."""

    token: str
    label: str
    refusal: str = ""
    """Why the service refuses it; empty for a card that pays."""


CARDS = (
    Card("tok_visa", "Visa ending in 4242"),
    Card("tok_mastercard", "Mastercard ending in 4444"),
    Card("tok_declined", "Card that the bank declines, ending in 0002", "The bank declined this card."),
    Card("tok_funds", "Card without money on it, ending in 9995", "There is not enough money on this card."),
)


class PaymentRefused(Exception):
    """No money changed hands; the text is for the person who tried to pay."""


def charge(token: str, amount: Decimal, *, key: str) -> str:
    """Charge a card and return the payment's name. The same key is the same payment, however often it is asked for.

    Raises PaymentRefused.
    """
    card = next((card for card in CARDS if card.token == token), None)
    if card is None:
        raise PaymentRefused("Choose how to pay.")
    if card.refusal:
        raise PaymentRefused(card.refusal)
    return f"pay_{hashlib.sha256(f'{key}:{token}:{amount}'.encode()).hexdigest()[:16]}"
