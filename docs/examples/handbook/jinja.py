"""The environment of the Jinja2 templates: Django's two usual helpers."""

from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment


def url(name, *args):
    return reverse(name, args=args)


def environment(**options):
    made = Environment(**options)
    made.globals.update(static=static, url=url)
    return made
