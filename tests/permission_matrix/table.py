"""The expected values: who is let in by which gate, and what the others are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Verdict = tuple[int, str, str] | None
YES: Verdict = None
LOGIN: Verdict = (401, "auth_required", "Authentication required")
NO: Verdict = (403, "forbidden", "You do not have permission to perform this action")
STAFF: Verdict = (403, "forbidden", "Staff access required")
NOT: Verdict = (403, "forbidden", "This is not available to you")
SUPER: Verdict = (403, "forbidden", "Superuser access required")

VISITORS = ("anonymous", "user", "staff", "superuser")
"""The user has no permission; staff may view event records; the superuser belongs to the staff."""


@dataclass(frozen=True, slots=True)
class Row:
    """One gate, looked at or acted on, and the verdict for each visitor."""

    gate: str
    what: Literal["look", "act", "both", "act, no view"]
    anonymous: Verdict
    user: Verdict
    staff: Verdict
    superuser: Verdict

    def verdict(self, visitor: str) -> Verdict:
        """Return what the visitor is told; None where they are let in."""
        found: Any = getattr(self, visitor)
        return found  # type: ignore[no-any-return]


ROWS = (
    # gate, what, anonymous, user, staff, superuser
    Row("AllowAny", "both", YES, YES, YES, YES),
    Row("IsAuthenticated", "both", LOGIN, YES, YES, YES),
    Row("IsStaff", "both", LOGIN, STAFF, YES, YES),
    Row("IsSuperuser", "both", LOGIN, SUPER, SUPER, YES),
    Row("DjangoModelPermission", "look", LOGIN, NO, YES, YES),
    Row("DjangoModelPermission", "act", LOGIN, NO, NO, YES),
    Row("IsStaff & IsSuperuser", "both", LOGIN, STAFF, SUPER, YES),
    Row("IsSuperuser | IsStaff", "both", LOGIN, STAFF, YES, YES),
    Row("~IsStaff", "both", YES, YES, NOT, NOT),
    Row("REST framework's IsAdminUser", "both", LOGIN, NO, YES, YES),
    Row("IsStaff of the view", "look", LOGIN, STAFF, YES, YES),
    Row("IsStaff of the view", "act", LOGIN, STAFF, YES, YES),
    # A bare instance was never near the view, and its component declares nobody.
    Row("IsStaff of the view", "act, no view", YES, YES, YES, YES),
    Row("IsStaff of the event", "look", YES, YES, YES, YES),
    Row("IsStaff of the event", "act", LOGIN, STAFF, YES, YES),
)
