from cf_core import Component, registry
from cf_permissions import IsAuthenticated


@registry.register("contest")
class Contest(Component):
    permission_classes = [IsAuthenticated]
    rate_limit = "30/minute"
    rate_limits = {"guess": "5/hour"}

    def mount(self):
        self.state.update(guesses=0, hints=0)

    def on_guess(self, word: str):
        self.state["guesses"] += 1

    def on_hint(self):
        self.state["hints"] += 1
