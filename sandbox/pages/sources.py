"""The source that the pages show: a fixed list of demos, never a path from a request."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.template import loader
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString, mark_safe
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import HtmlDjangoLexer, PythonLexer

from cf_core import NotFound, registry


@dataclass(frozen=True, slots=True)
class Demo:
    """Something to try, and the components, templates and views behind it."""

    title: str
    components: tuple[str, ...]
    templates: tuple[str, ...]
    views: tuple[str, ...] = ()


DEMOS = {
    "counter": Demo("Counter", ("counter",), ("gallery/counter.html",)),
    "slots": Demo("Slots", ("panel",), ("gallery/panel.html",), ("gallery.views.GalleryView",)),
    "composite": Demo("Composite", ("scoreboard", "tally"), ("gallery/scoreboard.html", "gallery/tally.html")),
    "cotton": Demo("Cotton", ("greeting_card",), ("cotton/gallery/greeting_card.html", "cotton/gallery/postcard.html")),
    "lazy": Demo("Lazy loading", ("shop_figures",), ("gallery/shop_figures.html",)),
    "nested": Demo("Nested components", ("tally_board", "tally"), ("gallery/tally_board.html", "gallery/tally.html")),
    "todo": Demo("To-do list", ("todo_list",), ("gallery/todo_list.html",)),
    "dice": Demo("Async handler", ("dice",), ("gallery/dice.html",)),
    "mishaps": Demo("When things go wrong", ("mishaps",), ("gallery/mishaps.html",)),
    "catalogue": Demo("Catalogue", ("catalogue",), ("shop/catalogue.html",)),
    "product": Demo(
        "Product page",
        ("product", "reviews", "cart"),
        ("shop/product.html", "shop/reviews.html", "shop/cart.html", "shop/product_page.html"),
        ("shop.page_views.ProductPageView",),
    ),
    "cart": Demo("Cart", ("cart", "cart_badge"), ("shop/cart.html", "shop/cart_badge.html")),
    "checkout": Demo(
        "Checkout",
        ("checkout",),
        ("shop/checkout.html", "cf_core/denied/checkout.html"),
        ("shop.views.CheckoutComponentView",),
    ),
    "admin_panel": Demo(
        "Admin panel",
        ("user_list", "metrics"),
        ("admin_panel/user_list.html", "admin_panel/metrics.html"),
        ("admin_panel.views.UserListView", "admin_panel.views.MetricsView"),
    ),
    "source": Demo("Source viewer", ("source_viewer",), ("pages/source_viewer.html",)),
}

_FORMATTER = HtmlFormatter(nowrap=True)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A piece of source as a page shows it."""

    label: str
    path: str
    html: SafeString


def find_demo(slug: str) -> Demo:
    """Return a demo. Raises NotFound, so that a component answers 404."""
    try:
        return DEMOS[slug]
    except KeyError:
        raise NotFound(f"No demo is called {slug!r}") from None


def read_sources(demo: Demo) -> list[SourceFile]:
    """Return the component classes, templates and views of a demo, highlighted."""
    return [
        *(_class_source(registry.get(name)) for name in demo.components),
        *(_template_source(name) for name in demo.templates),
        *(_class_source(import_string(path)) for path in demo.views),
    ]


def _class_source(cls: type) -> SourceFile:
    path = _shown_path(Path(inspect.getfile(cls)))
    return SourceFile(cls.__name__, path, _highlighted(inspect.getsource(cls), PythonLexer()))


def _template_source(name: str) -> SourceFile:
    template = loader.get_template(name).template
    return SourceFile(
        name.rsplit("/", 1)[-1],
        _shown_path(Path(template.origin.name)),
        _highlighted(template.source, HtmlDjangoLexer()),
    )


def _shown_path(path: Path) -> str:
    return str(path.relative_to(settings.BASE_DIR)) if path.is_relative_to(settings.BASE_DIR) else path.name


def _highlighted(source: str, lexer: PythonLexer | HtmlDjangoLexer) -> SafeString:
    return mark_safe(highlight(source, lexer, _FORMATTER))  # noqa: S308 - pygments escapes what it highlights
