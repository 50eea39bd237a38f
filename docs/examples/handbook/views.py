from django.shortcuts import render
from django.utils.html import format_html

from cf_core import compose, registry
from cf_core.views import ComponentView
from cf_permissions import IsAuthenticated


class StockLevelView(ComponentView):
    permission_classes = [IsAuthenticated]

    def get_component_params(self, request, **kwargs):
        params = super().get_component_params(request, **kwargs)
        params["unit"] = "boxes" if request.user.is_staff else "pieces"
        return params


def card(request):
    card = compose(
        registry.get("card"),
        {"title": "Two counters in a card"},
        body=registry.get("tally")(start=3),
        footer=format_html("<em>{}</em>", "Plain HTML"),
    )
    card.request = request
    result = card.dispatch()
    return render(request, "handbook/card.html", {"card": result["html"]})


def dispatched(request):
    tally = registry.get("tally")(start=3)
    tally.request = request
    return render(request, "handbook/pages/dispatched.html", {"tally": tally.dispatch()})


def page(request, name):
    return render(request, f"handbook/pages/{name}.html")
