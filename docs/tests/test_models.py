"""What the reference of models says."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cf_core import Component, ComponentDefinitionError, NotFound
from cf_forms import FormComponent
from cf_models import DjangoModelComponent, DjangoModelMixin, ModelFormComponent
from cf_testing import dispatch_event
from handbook.components.vouchers import OwnVoucher, VoucherDesk, VoucherForm
from handbook.models import Voucher
from tests.helpers import code, table

pytestmark = pytest.mark.django_db

PAGE = "reference/models.md"


def named(heading: str) -> set[str]:
    return {re.match(r"\w+", name)[0] for row in table(PAGE, heading) for name in code(row[0])}


def own(cls: type, *bases: type) -> set[str]:
    known = {name for base in bases for name in dir(base)}
    return {name for name in vars(cls) if not name.startswith("_") and name not in known}


@pytest.fixture
def voucher() -> Voucher:
    return Voucher.objects.create(code="A1")


@pytest.fixture
def staff(django_user_model: Any) -> Any:
    return django_user_model.objects.create_user("boss", is_staff=True)


def test_every_name_of_a_model_component_is_described() -> None:
    headings = ("## Class attributes", "## Methods to override", "## Methods to call", "## Instance attributes")
    instance = set(vars(DjangoModelComponent())) - set(vars(Component()))

    described = set().union(*(named(heading) for heading in headings))

    assert described == own(DjangoModelMixin, Component) | {name for name in instance if not name.startswith("_")}


def test_every_name_of_a_form_of_rows_is_described() -> None:
    assert named("## Forms of rows") == own(ModelFormComponent, DjangoModelMixin, FormComponent)


def test_defaults_are_those_of_the_class() -> None:
    for name, default, _ in table(PAGE, "## Class attributes"):
        assert code(default) == [repr(getattr(DjangoModelMixin, code(name)[0]))]


@pytest.mark.parametrize("event", ["redeem", "withdraw"])
def test_desk_saves(voucher: Voucher, staff: Any, event: str) -> None:
    Voucher.objects.update(redeemed_by="eve")
    component = dispatch_event(
        VoucherDesk, event, {"name": "ada"} if event == "redeem" else {}, user=staff, pk=voucher.pk
    )

    voucher.refresh_from_db()
    assert voucher.redeemed_by == component.state["redeemed_by"] == ("ada" if event == "redeem" else "")


def test_scope(voucher: Voucher, staff: Any) -> None:
    with pytest.raises(NotFound):
        dispatch_event(OwnVoucher, user=staff, pk=voucher.pk)

    Voucher.objects.update(redeemed_by="boss")
    assert dispatch_event(OwnVoucher, user=staff, pk=voucher.pk).state == {"code": "A1"}


def test_other_columns_are_not_written(voucher: Voucher, staff: Any) -> None:
    class Wrong(VoucherDesk):
        def on_rename(self) -> None:
            self.instance.code = "B2"
            self.save_instance()

    with pytest.raises(ComponentDefinitionError, match="code"):
        dispatch_event(Wrong, "rename", user=staff, pk=voucher.pk)


def test_form_saves_and_says_what_is_taken(voucher: Voucher, staff: Any) -> None:
    made = dispatch_event(VoucherForm, "submit", {"code": "b2"}, user=staff)
    taken = dispatch_event(VoucherForm, "submit", {"code": "a1"}, user=staff)

    assert made.instance.code == "B2"
    assert taken.errors == {"code": ["Voucher with this Code already exists."]}
