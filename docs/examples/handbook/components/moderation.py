from cf_core import Component, registry
from cf_permissions import BasePermission, IsAuthenticated, IsStaff, IsSuperuser, requires

from ..models import Comment


class IsRegular(BasePermission):
    message = "You can report once you have been here for a week."

    def has_permission(self, request, component):
        return component.params.get("days", 0) >= 7


@registry.register("moderation")
class Moderation(Component):
    permission_classes = [IsAuthenticated]
    event_permissions = {"report": [IsStaff | IsRegular]}

    def mount(self, days: int = 0):
        self.state["reported"] = []

    def on_report(self, comment_id: int):
        self.state["reported"].append(comment_id)

    @requires(IsStaff)
    def on_delete(self, comment_id: int):
        Comment.objects.filter(pk=comment_id).delete()

    @requires(IsSuperuser)
    def on_clear(self):
        Comment.objects.all().delete()

    def get_context(self):
        return {"comments": Comment.objects.order_by("pk")}


@registry.register("reports")
class Reports(Component):
    """Says nothing of who may: whoever places it does."""

    def mount(self):
        self.state["comments"] = Comment.objects.count()

    def on_refresh(self):
        self.state["comments"] = Comment.objects.count()
