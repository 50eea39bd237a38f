"""The reviews component, which stands in the product's `reviews` slot."""

from __future__ import annotations

from typing import Any

from django.db.models import Avg, Count
from django.utils import timezone

from cf_core import AuthRequired, Component, registry
from cf_permissions import AllowAny

from .models import Review

PAGE_SIZE = 5
MAX_LENGTH = 1000


@registry.register("reviews")
class ReviewsComponent(Component):
    """What people say about a product, and a form for those who are logged in."""

    template_name = "shop/reviews.html"
    permission_classes = [AllowAny]

    def mount(self, product_id: int) -> None:
        """Begin with the newest few."""
        self.state.update({"product_id": product_id, "shown": PAGE_SIZE, "draft": {"rating": 0, "text": ""}})

    def on_show_more(self) -> None:
        """Show some older ones too."""
        self.state["shown"] += PAGE_SIZE

    def on_add_review(self, rating: int = 0, text: str = "") -> None:
        """Publish a review: one for each person and product."""
        if not self._has_account():
            raise AuthRequired("Reviews have an author")
        text = text.replace("\0", "").strip()
        self.state["draft"] = {"rating": rating, "text": text}
        if not 1 <= rating <= 5:
            self.errors["rating"] = "Choose one to five stars."
        if len(text) < 10:
            self.errors["text"] = "Tell us a little more: ten characters at least."
        elif len(text) > MAX_LENGTH:
            self.errors["text"] = f"{MAX_LENGTH} characters at most; these are {len(text)}."
        if self.errors:
            return
        _, is_new = Review.objects.get_or_create(
            product_id=self.state["product_id"],
            author=self.user,
            defaults={"rating": rating, "text": text, "created": timezone.now()},
        )
        if not is_new:
            self.errors["text"] = "You have reviewed this product already."
            return
        self.state["draft"] = {"rating": 0, "text": ""}
        self.announce("Thank you, your review is published")

    def get_context(self) -> dict[str, Any]:
        """Read the reviews, their average, and whether this person has written one."""
        reviews = Review.objects.filter(product_id=self.state["product_id"])
        shown = list(reviews.select_related("author")[: self.state["shown"]])
        facts = reviews.aggregate(average=Avg("rating"), count=Count("pk"))
        has_account = self._has_account()
        return {
            "reviews": shown,
            "average": facts["average"],
            "count": facts["count"],
            "has_account": has_account,
            "has_reviewed": has_account and reviews.filter(author=self.user).exists(),
            "stars": range(5, 0, -1),
        }

    def _has_account(self) -> bool:
        return getattr(self.user, "is_authenticated", False)
