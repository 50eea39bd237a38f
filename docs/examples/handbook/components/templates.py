from cf_core import Component, registry
from cf_permissions import AllowAny


@registry.register("switch")
class Switch(Component):
    """Its template writes the root's attributes itself."""

    permission_classes = [AllowAny]

    def mount(self):
        self.state["on"] = False

    def on_flip(self):
        self.state["on"] = not self.state["on"]


@registry.register("sign_up")
class SignUp(Component):
    permission_classes = [AllowAny]

    def on_submit(self, email: str):
        if "@" not in email:
            self.errors["email"] = ["An address has an @ in it.", "Try again."]
