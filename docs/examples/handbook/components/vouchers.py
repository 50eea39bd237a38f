from cf_core import registry
from cf_models import DjangoModelComponent, ModelFormComponent
from cf_permissions import IsAuthenticated, IsStaff

from ..models import Voucher


@registry.register("voucher_desk")
class VoucherDesk(DjangoModelComponent):
    permission_classes = [IsStaff]
    model = Voucher
    state_fields = ["redeemed_by"]

    def on_redeem(self, name: str):
        self.instance.redeemed_by = name
        self.save_instance()

    async def on_withdraw(self):
        self.instance.redeemed_by = ""
        await self.save_instance()


@registry.register("own_voucher")
class OwnVoucher(DjangoModelComponent):
    permission_classes = [IsAuthenticated]
    model = Voucher
    state_fields = ["code"]

    def get_queryset(self):
        return super().get_queryset().filter(redeemed_by=self.user.get_username())


@registry.register("voucher_form")
class VoucherForm(ModelFormComponent):
    permission_classes = [IsStaff]
    model = Voucher
    state_fields = ["code", "redeemed_by"]

    def before_save(self):
        self.instance.code = self.instance.code.upper()

    def on_submit(self):
        self.announce(f"Saved {self.instance.code}")
