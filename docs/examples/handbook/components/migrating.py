from cf_core import Component, registry
from cf_permissions import AllowAny


@registry.register("contact")
class Contact(Component):
    permission_classes = [AllowAny]
    state_version = 3

    def mount(self):
        self.state.update(first="Ada", last="Lovelace", phones=[])

    def migrate_state(self, old, version):
        if version == 1:
            # Version 1 had one field `name`.
            first, _, last = old.pop("name").partition(" ")
            old.update(first=first, last=last)
            version = 2
        if version == 2:
            # Version 2 knew one phone number.
            old["phones"] = [old.pop("phone")] if old.get("phone") else []
        return old

    def on_call(self, phone: str):
        self.state["phones"].append(phone)
