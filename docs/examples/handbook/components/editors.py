from rest_framework.permissions import IsAuthenticatedOrReadOnly

from cf_core import Component, registry
from cf_permissions import DjangoModelPermission, IsStaff

from ..models import Comment


class MayEditComments(DjangoModelPermission):
    perms_map = {
        **DjangoModelPermission.perms_map,
        "pin": ("change", "handbook.pin_comment"),
    }


@registry.register("comment_editor")
class CommentEditor(Component):
    permission_classes = [MayEditComments]
    model = Comment

    def on_add(self, text: str):
        Comment.objects.create(text=text)

    def on_rename(self, comment_id: int, text: str):
        Comment.objects.filter(pk=comment_id).update(text=text)

    def on_delete(self, comment_id: int):
        Comment.objects.filter(pk=comment_id).delete()

    def on_pin(self, comment_id: int): ...


@registry.register("comment_export")
class CommentExport(Component):
    permission_classes = [IsStaff | DjangoModelPermission.of("handbook.view_comment")]


@registry.register("guest_book")
class GuestBook(Component):
    permission_classes = [IsAuthenticatedOrReadOnly]

    def on_sign(self, text: str):
        Comment.objects.create(text=text)
