from cf_core import Component, Forbidden, registry
from cf_permissions import BasePermission, IsAuthenticated, IsStaff

from ..models import Voucher


class IsHolder(BasePermission):
    message = "This voucher is somebody else's."

    def has_object_permission(self, request, component, obj):
        # The first question is about the component itself: no row is known yet.
        return obj is component or obj.redeemed_by == component.user.username


@registry.register("wallet")
class Wallet(Component):
    permission_classes = [IsAuthenticated]
    event_permissions = {"give_back": [IsStaff | IsHolder]}

    def on_give_back(self, voucher_id: int):
        voucher = Voucher.objects.get(pk=voucher_id)
        if not self.can("give_back", voucher):
            raise Forbidden(message=self.why_not("give_back", voucher))
        voucher.redeemed_by = ""
        voucher.save(update_fields=["redeemed_by"])

    def get_context(self):
        return {"vouchers": Voucher.objects.exclude(redeemed_by="").order_by("pk")}
