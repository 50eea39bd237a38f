from cf_core import Component, registry
from cf_permissions import AllowAny

from ..models import Comment


@registry.register("comments")
class Comments(Component):
    permission_classes = [AllowAny]

    def on_add(self, text: str):
        text = text.strip()
        if not text:
            self.errors["text"] = "Please write something."
            return
        Comment.objects.create(text=text)

    def get_context(self):
        return {"comments": Comment.objects.order_by("pk")}
