"""Forms without Django: they are read, validated and handled; nothing can be sent."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("django", "django_htmx"):
            raise ImportError(name)

sys.meta_path.insert(0, Blocker())

from pydantic import BaseModel

from cf_core.engine.plain import install_plain_host
from cf_forms import FormComponent

class Renders:
    def render(self, component, context):
        return f"<p>{context['errors']}</p>"

class Contact(BaseModel):
    name: str
    age: int

class ContactForm(FormComponent):
    schema = Contact
    renderer = Renders()

    async def on_submit(self):
        self.state["greeting"] = f"{self.validated_data.name}, {self.validated_data['age']}"

install_plain_host()
print(ContactForm().dispatch("submit", {"name": "Ada", "age": "36"})["state"]["greeting"])
print(ContactForm().dispatch("submit", {"name": "Ada", "age": "old"})["html"])
"""


def test_a_form_needs_no_django() -> None:
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)

    assert ran.stderr == ""
    greeting, html = ran.stdout.splitlines()
    assert greeting == "Ada, 36"
    assert "{'age': ['Enter a whole number.']}" in html
