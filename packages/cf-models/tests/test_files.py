"""Files of a row: kept with it, and gone with a save that is taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from cf_models import ModelFormComponent
from cf_testing import dispatch_event
from tests.models import Order
from tests.renderers import Inline

pytestmark = pytest.mark.django_db


class PaperForm(ModelFormComponent):
    """Takes a file; `on_submit` may fail."""

    model = Order
    state_fields = ["number", "paper"]
    renderer = Inline("<p></p>")

    def on_submit(self, fails: bool = False) -> None:
        if fails:
            raise LookupError


@pytest.fixture(autouse=True)
def _empty_storage() -> None:
    for name in stored():
        default_storage.delete(f"papers/{name}")


def stored() -> list[str]:
    return default_storage.listdir("papers")[1] if default_storage.exists("papers") else []


def paper(content: bytes = b"%PDF-1") -> SimpleUploadedFile:
    return SimpleUploadedFile("a.pdf", content)


def submit(order: Order, **payload: Any) -> Any:
    return dispatch_event(PaperForm, "submit", payload, pk=order.pk)


def test_file_is_kept_and_its_name_is_in_the_state(order: Order) -> None:
    component = submit(order, paper=paper())

    order.refresh_from_db()
    assert stored() == ["a.pdf"]
    assert component.state["paper"] == order.paper.name == "papers/a.pdf"


def test_form_without_a_file_leaves_the_one_there_is(order: Order) -> None:
    submit(order, paper=paper())
    submit(order, number="A1")

    order.refresh_from_db()
    assert (order.number, order.paper.name) == ("A1", "papers/a.pdf")


def test_file_of_the_same_name_is_another_file(order: Order) -> None:
    order.paper.save("a.pdf", ContentFile(b"old"))
    submit(order, paper=paper(b"new"))

    order.refresh_from_db()
    assert order.paper.read() == b"new"


@pytest.mark.parametrize("payload", [{"number": "x" * 30}, {"number": "A1"}])
def test_refused_form_leaves_no_file(order: Order, payload: dict[str, Any]) -> None:
    Order.objects.create(customer=order.customer, number="A1")

    assert submit(order, paper=paper(), **payload).errors
    assert stored() == []


def test_failing_event_leaves_no_file(order: Order) -> None:
    with pytest.raises(LookupError):
        submit(order, paper=paper(), fails=True)

    assert stored() == []


def test_constraint_of_the_database_leaves_no_file(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    Order.objects.create(customer=order.customer, number="A1")
    monkeypatch.setattr(Order, "validate_unique", lambda self, exclude=None: None)

    assert submit(order, paper=paper(), number="A1").errors
    assert stored() == []
