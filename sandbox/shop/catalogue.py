"""Finding products: what can be asked for, and how it is written in an address."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q
from django.urls import reverse
from pydantic import BaseModel, Field, field_validator

from .models import Brand, Category, Product

PAGE_SIZE = 12
SORTS = {
    "newest": ("Newest", ("-created", "pk")),
    "price": ("Price, low to high", ("price", "pk")),
    "-price": ("Price, high to low", ("-price", "pk")),
    "rating": ("Best rated", ("-rating", "pk")),
}
NEWEST = "newest"


class Filters(BaseModel):
    """What somebody is looking for. Unknown values count as not given: addresses are typed by hand."""

    q: str = Field(default="", max_length=100)
    brand: str = ""
    category: str = ""
    sort: str = NEWEST
    in_stock: bool = False
    page: int = 1

    @field_validator("q", mode="before")
    @classmethod
    def _trim(cls, value: Any) -> Any:
        return str(value).replace("\0", "").strip()[:100]

    @field_validator("brand")
    @classmethod
    def _plain_brand(cls, value: str) -> str:
        return value if re.fullmatch(r"[\w-]*", value, re.ASCII) else ""

    @field_validator("page", mode="before")
    @classmethod
    def _plain_page(cls, value: Any) -> int:
        text = str(value)
        return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else 1

    @field_validator("in_stock", mode="before")
    @classmethod
    def _plain_flag(cls, value: Any) -> bool:
        return value is True or str(value) in {"1", "true", "on"}

    @field_validator("category")
    @classmethod
    def _known_category(cls, value: str) -> str:
        return value if value in Category.values else ""

    @field_validator("sort")
    @classmethod
    def _known_sort(cls, value: str) -> str:
        return value if value in SORTS else NEWEST

    def url(self, **changes: Any) -> str:
        """Return the catalogue's address with these filters, defaults left out."""
        values = self.model_copy(update=changes).model_dump(exclude_defaults=True)
        query = urlencode({name: 1 if value is True else value for name, value in values.items()})
        return reverse("shop") + (f"?{query}" if query else "")


def find_products(filters: Filters) -> dict[str, Any]:
    """Return one page of products and what the filter form offers."""
    products = Product.objects.for_cards().order_by(*SORTS[filters.sort][1])
    if filters.brand:
        products = products.filter(brand__slug=filters.brand)
    if filters.category:
        products = products.filter(category=filters.category)
    if filters.in_stock:
        products = products.filter(sizes__stock__gt=0).distinct()
    for word in filters.q.split():
        products = products.filter(
            Q(name__icontains=word) | Q(brand__name__icontains=word) | Q(description__icontains=word)
        )
    paginator = Paginator(products, PAGE_SIZE)
    page = paginator.get_page(filters.page)
    return {
        "page": page,
        "page_links": [
            {"number": number, "url": filters.url(page=number) if isinstance(number, int) else ""}
            for number in paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
        ],
        "previous_url": filters.url(page=page.number - 1),
        "next_url": filters.url(page=page.number + 1),
        "brands": list(Brand.objects.all()),
        "categories": Category.choices,
        "sorts": [(key, label) for key, (label, _) in SORTS.items()],
        "is_filtered": bool(filters.q or filters.brand or filters.category or filters.in_stock),
    }
