"""Finding people, and whether somebody may switch another's account on and off."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import User
from cf_core import Forbidden

PAGE_SIZE = 25
NEWEST = "-date_joined"
# What a column is sorted by, and then by key, so that no page shows somebody twice.
SORTS = ("username", "email", "date_joined", "is_active")
ROW_FIELDS = (
    "id", "username", "email", "first_name", "last_name", "is_active", "is_staff", "is_superuser", "date_joined",
)  # fmt: skip


def clean_query(query: str) -> str:
    """Return what is searched for: no database takes a NUL, and nobody needs a hundred letters."""
    return query.replace("\0", "").strip()[:100]


def known_sort(sort: str) -> str:
    """Return the order that was asked for, or the usual one: addresses are typed by hand."""
    return sort if sort.removeprefix("-") in SORTS else NEWEST


def known_page(page: Any) -> int:
    """Return the page that was asked for, or the first."""
    text = str(page)
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else 1


def find_people(query: str, sort: str) -> QuerySet[User]:
    """Return who fits: the query is part of the user name or of the e-mail address."""
    people = User.objects.order_by(sort, "-pk" if sort.startswith("-") else "pk")
    if query:
        people = people.filter(Q(username__icontains=query) | Q(email__icontains=query))
    return people


def read_page(query: str, sort: str, page: int) -> dict[str, Any]:
    """Return one page of people as plain rows, in two queries; a page that is not there is the last one."""
    found = find_people(query, sort)
    paginator = Paginator(found.values(*ROW_FIELDS), PAGE_SIZE)
    shown = paginator.get_page(page)
    return {
        "users": list(shown.object_list),
        "page": shown.number,
        "page_count": paginator.num_pages,
        "total": paginator.count,
    }


def list_url(query: str = "", sort: str = NEWEST, page: int = 1) -> str:
    """Return the panel's address with this list, defaults left out."""
    given = {"query": query, "sort": sort if sort != NEWEST else "", "page": page if page > 1 else ""}
    text = urlencode({name: value for name, value in given.items() if value})
    return reverse("admin_panel") + (f"?{text}" if text else "")


def set_active(actor: User, person: User, *, is_active: bool) -> None:
    """Switch an account on or off. Raises Forbidden for one's own, and for a superuser's unless one is one."""
    if person.pk == actor.pk:
        raise Forbidden(message="You cannot deactivate your own account")
    if person.is_superuser and not actor.is_superuser:
        raise Forbidden(message="Superuser access required")
    person.is_active = is_active
    person.save(update_fields=["is_active"])
