from django.core.mail import send_mail
from django.db import transaction

from cf_core import Component, registry
from cf_permissions import IsAuthenticated

from ..models import Voucher


@registry.register("voucher")
class RedeemVoucher(Component):
    permission_classes = [IsAuthenticated]

    def on_redeem(self, code: str):
        free = Voucher.objects.filter(code=code, redeemed_by="")
        if not free.update(redeemed_by=self.user.get_username()):
            self.errors["code"] = "This voucher is not there or used."
            return
        transaction.on_commit(self._send_receipt)
        self.state["redeemed"] = code

    def _send_receipt(self):
        send_mail("Your voucher", "Thank you.", None, [self.user.email])
