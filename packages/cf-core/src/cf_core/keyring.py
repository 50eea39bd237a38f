"""Signing with the project's keys: SECRET_KEY signs, SECRET_KEY_FALLBACKS still verify.

A token names its key by a short id, so that a key that was retired (a fresh render helps) can be told from a
forgery. The id carries its own checksum: an altered id is a forgery, not a retired key.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache, reduce
from operator import xor

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.crypto import salted_hmac

from .engine.errors import StateExpired, StateInvalid

_SALT = "cf_core.state:"
_SEPARATOR = "."


def sign(name: str, text: str) -> str:
    """Return `<key id>.<text>.<signature>`, salted with the component's registered name."""
    key_id, key = _keys()[0]
    return _signer(name, key).sign(f"{key_id}{_SEPARATOR}{text}")


def unsign(name: str, signed: str) -> str:
    """Return the text. Raises StateExpired for a retired key, StateInvalid for anything that was altered."""
    key_id = signed.partition(_SEPARATOR)[0]
    key = dict(_keys()).get(key_id)
    if key is None:
        raise StateExpired("The key is retired") if _is_key_id(key_id) else StateInvalid("No key has this id")
    try:
        value = _signer(name, key).unsign(signed)
    except BadSignature as error:
        raise StateInvalid("The signature does not fit") from error
    return value.partition(_SEPARATOR)[2]


def _keys() -> tuple[tuple[str, str], ...]:
    return _with_ids(settings.SECRET_KEY, tuple(settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=8)
def _with_ids(key: str, fallbacks: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((_key_id(secret), secret) for secret in (key, *fallbacks))


@lru_cache(maxsize=1024)
def _signer(name: str, key: str) -> Signer:
    return Signer(key=key, salt=_SALT + name, sep=_SEPARATOR, fallback_keys=[])


def _key_id(key: str) -> str:
    """Return 8 characters: 5 bytes of a hash of the key and one of their checksum."""
    digest = salted_hmac("cf_core.key_id", "", secret=key, algorithm="sha256").digest()[:5]
    return urlsafe_b64encode(digest + _checksum(digest)).decode()


def _is_key_id(text: str) -> bool:
    try:
        raw = urlsafe_b64decode(text.encode("ascii"))
    except ValueError:
        return False
    return len(text) == 8 and len(raw) == 6 and _checksum(raw[:5]) == raw[5:]


def _checksum(raw: bytes) -> bytes:
    """Return one byte that changes with every single character of the id, and is none of `AAAA...`."""
    return bytes([reduce(xor, raw, 0xA5)])
