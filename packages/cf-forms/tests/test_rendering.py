"""What a form looks like: every kind of field, its errors, and what may be replaced."""

from __future__ import annotations

import html as html_module
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Annotated, Any, ClassVar

import pytest
from django.template import Context, Template
from django.test import override_settings
from pydantic import BaseModel, Field, SecretStr, create_model

from cf_core import ComponentDefinitionError
from cf_forms.component import FormComponent
from cf_forms.definitions import Widget
from tests.rendered_forms import VALUES, BlankForm, EverythingForm
from tests.validity import problems

pytestmark = pytest.mark.django_db


class Elements(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements(html: str, **wanted: str) -> list[dict[str, str | None]]:
    names = {key.rstrip("_").replace("_", "-"): value for key, value in wanted.items()}
    return [
        {"tag": tag, **attrs}
        for tag, attrs in Elements(html).found
        if all(({"tag": tag} | attrs).get(name) == value for name, value in names.items())
    ]


def control(html: str, name: str) -> dict[str, str | None]:
    [found] = elements(html, name=name)
    return found


def rendered(component: FormComponent, errors: Mapping[str, list[str]] | None = None, *, submitted: bool = True) -> str:
    if errors is not None:
        component.errors = dict(errors)
        component.state["form"] = {"values": {}, "touched": [], "submitted": submitted}
    return component.render()


def form_of(annotation: Any, default: Any = ..., **attributes: Any) -> FormComponent:
    class Schema(BaseModel):
        field: annotation = default

    return type("Form", (FormComponent,), {"schema": Schema, "component_name": "one_field", **attributes})(
        component_id="f"
    )


ERRORS = {
    "__all__": ["All of it is wrong."],
    "email": ["No address."],
    "colour": ["No colour."],
    "sizes.1": ["No size."],
    "terms": ["Please accept."],
    "photo": ["No photo."],
    "address.zip": ["No code."],
    "items": ["Too few."],
    "items.1.quantity": ["Too many."],
    "origin": ["Elsewhere."],
}


@pytest.fixture
def html() -> str:
    return EverythingForm(component_id="f").render()


@pytest.mark.parametrize("cls", [EverythingForm, BlankForm])
@pytest.mark.parametrize("errors", [None, ERRORS])
def test_every_form_is_valid_html(cls: type[FormComponent], errors: Mapping[str, list[str]] | None) -> None:
    if cls is BlankForm and errors:
        errors = {path: messages for path, messages in errors.items() if not path.startswith("items.")}

    assert problems(rendered(cls(component_id="f"), errors)) == []


def test_the_form_works_with_and_without_a_script(html: str) -> None:
    [form] = elements(html, tag="form")

    assert form["method"] == "post"
    assert form["action"] == form["hx-post"] == "/components/everything/"
    assert form["enctype"] == "multipart/form-data"
    [token] = elements(html, name="_state")
    assert token["value"] == form["data-cf-state"]
    assert elements(html, name="_event")[0]["value"] == "submit"


def test_a_form_without_files_is_sent_as_text() -> None:
    [form] = elements(form_of(str).render(), tag="form")

    assert "enctype" not in form


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("name", {"type": "text", "minlength": "2", "maxlength": "40", "required": None, "value": VALUES["name"]}),
        ("email", {"type": "email", "required": None, "value": "ann@example.org"}),
        ("homepage", {"type": "url"}),
        ("age", {"type": "number", "min": "18", "max": "120", "value": "1234"}),
        ("price", {"type": "number", "min": "0", "step": "0.01", "value": "1234.50"}),
        ("born", {"type": "date", "value": "2026-03-01"}),
        ("starts", {"type": "datetime-local", "value": "2026-03-01T10:00"}),
        ("alarm", {"type": "time", "value": "07:30:15", "step": "any"}),
        ("news", {"type": "checkbox", "value": "true", "checked": None}),
        ("terms", {"type": "checkbox", "required": None}),
        ("country", {"tag": "select", "required": None}),
        ("photo", {"type": "file"}),
        ("papers", {"type": "file", "multiple": None}),
        ("origin", {"type": "hidden"}),
        ("bio", {"tag": "textarea", "maxlength": "2000", "rows": "4"}),
        ("address.zip", {"type": "text", "pattern": "[0-9]{5}", "value": "12345"}),
        ("items.1.quantity", {"type": "number", "min": "1", "max": "99", "value": "2"}),
        ("tags.0", {"type": "text", "value": "new"}),
        ("extra", {"tag": "textarea"}),
    ],
)
def test_a_field_is_the_control_of_its_type(html: str, name: str, expected: dict[str, str | None]) -> None:
    found = control(html, name)

    assert {key: found.get(key, "is missing") for key in expected} == expected


@override_settings(USE_THOUSAND_SEPARATOR=True, LANGUAGE_CODE="de")
def test_numbers_and_dates_are_never_localised() -> None:
    html = EverythingForm(component_id="f").render()

    assert control(html, "age")["value"] == "1234"
    assert control(html, "price")["value"] == "1234.50"
    assert control(html, "born")["value"] == "2026-03-01"


@override_settings(TIME_ZONE="Europe/Berlin")
def test_a_moment_is_shown_in_the_readers_time_zone() -> None:
    form = form_of(datetime, datetime(2026, 3, 1, 10, 0, tzinfo=UTC))

    assert control(form.render(), "field")["value"] == "2026-03-01T11:00"


def test_what_was_typed_is_shown_as_it_was_typed() -> None:
    form = BlankForm(component_id="f")
    form.state["form"] = {"values": {"age": "12x", "born": "soon", "email": "a@"}, "touched": [], "submitted": False}

    html = form.render()

    assert [control(html, name)["value"] for name in ("age", "born", "email")] == ["12x", "soon", "a@"]


def test_a_text_keeps_its_first_line_break(html: str) -> None:
    [text] = re.findall(r'<textarea[^>]*name="bio"[^>]*>(.*?)</textarea>', html, re.S)

    # The first line break after the tag is the template's: parsers drop it.
    assert html_module.unescape(text) == "\n" + VALUES["bio"]


def test_a_secret_is_never_shown(html: str) -> None:
    assert "hunter2-canary" not in html
    assert "value" not in control(html, "password")
    as_text = form_of(Annotated[SecretStr, Widget("text")], SecretStr("hunter2-canary"))
    assert "hunter2-canary" not in as_text.render()


def test_choices_stand_in_a_select_radio_buttons_or_boxes(html: str) -> None:
    [selected] = [one for one in elements(html, tag="option") if "selected" in one]
    assert selected["value"] == "it"
    radios = elements(html, type="radio", name="colour")
    assert [(one["value"], "checked" in one, "required" in one) for one in radios] == [
        ("r", False, True),
        ("g", True, True),
    ]
    boxes = elements(html, type="checkbox", name="sizes")
    assert [(one["value"], "checked" in one, "required" in one) for one in boxes] == [
        ("s", True, False),
        ("m", False, False),
        ("l", True, False),
    ]


def test_a_choice_that_is_still_to_be_made_is_empty() -> None:
    blank = BlankForm(component_id="f").render()

    assert elements(blank, tag="option")[0]["value"] == ""
    assert "value" in elements(EverythingForm().render(), tag="option")[0]
    assert elements(EverythingForm().render(), tag="option")[0]["value"] == "de"


def test_several_controls_of_one_field_stand_in_a_fieldset(html: str) -> None:
    for field, words in (("colour", "Colour"), ("sizes", "Sizes"), ("address", "Address"), ("items", "Items")):
        assert re.search(rf'<fieldset [^>]*id="f-{field}"[^>]*><legend>{words}', html)
    assert elements(html, tag="fieldset", id="f-colour")[0]["role"] == "radiogroup"


def test_every_control_has_a_label(html: str) -> None:
    labels = {one["for"] for one in elements(html, tag="label")}
    controls = [one for tag in ("input", "select", "textarea") for one in elements(html, tag=tag)]

    assert [one["name"] for one in controls if one.get("type") != "hidden" and one["id"] not in labels] == []


def test_help_and_errors_describe_the_control() -> None:
    html = rendered(EverythingForm(component_id="f"), {"name": ["Too short.", "Too <odd>."]})
    found = control(html, "name")

    assert found["aria-invalid"] == "true"
    assert found["aria-describedby"] == "f-name-error f-name-help"
    assert 'id="f-name-help">As on your &lt;b&gt;card&lt;/b&gt;.<' in html
    assert "Too &lt;odd&gt;." in html
    assert "aria-invalid" not in control(html, "email")


def test_the_summary_links_to_every_control_with_an_error() -> None:
    html = rendered(EverythingForm(component_id="f"), ERRORS)
    links = re.findall(r'<li><a href="#([^"]*)">([^<]*)</a></li>', html)

    assert links == [
        ("f-email", "Email: No address."),
        ("f-terms", "Terms: Please accept."),
        ("f-colour-0", "Colour: No colour."),
        ("f-sizes-0", "Sizes: No size."),
        ("f-photo", "Photo: No photo."),
        ("f-address-zip", "Address: Zip: No code."),
        ("f-items", "Items: Too few."),
        ("f-items-i1-quantity", "Items 2: Quantity: Too many."),
    ]
    assert "<li>All of it is wrong.</li>" in html
    assert "<li>origin: Elsewhere.</li>" in html


def test_before_a_submit_the_summary_says_only_what_belongs_to_no_field() -> None:
    fields_only = rendered(EverythingForm(component_id="f"), {"email": ["No."]}, submitted=False)
    both = rendered(EverythingForm(component_id="f"), {"email": ["No."], "__all__": ["Wrong."]}, submitted=False)

    assert "cf-error-summary" not in fields_only
    assert re.findall(r"<li>(.*?)</li>", both[: both.index("cf-field")], re.S) == ["Wrong."]


def test_a_refused_form_gets_the_focus_to_its_first_error() -> None:
    def focused(errors: Mapping[str, list[str]]) -> str:
        form = EverythingForm(component_id="f")
        form.errors, form.event = dict(errors), "submit"
        form.render()
        return form._effects_wanted(()).focus or ""

    assert focused({"items.0.name": ["x"], "sizes": ["x"], "__all__": ["x"]}) == "f-sizes-0"
    assert focused({"items.0.name": ["x"]}) == "f-items-i0-name"
    assert focused({"__all__": ["x"]}) == "f-errors"
    assert focused({}) == ""


def test_the_focus_that_an_author_chose_stays() -> None:
    form = EverythingForm(component_id="f")
    form.errors, form.event = {"email": ["x"]}, "submit"
    form.focus("elsewhere")
    form.render()

    assert form._effects_wanted(()).focus == "elsewhere"


def test_a_page_brings_the_script_of_forms() -> None:
    html = Template("{% load components %}{% component_scripts %}").render(Context({}))

    assert '<script src="/static/cf_forms/forms.js" defer>' in html


def test_a_field_is_validated_when_it_is_left(html: str) -> None:
    found = control(html, "email")

    assert found["hx-post"] == "/components/everything/"
    assert json.loads(found["hx-vals"] or "") == {"_event": "_validate", "_field": "email"}
    assert found["hx-trigger"] == "blur changed"
    assert control(html, "news")["hx-trigger"] == "change"
    assert found["hx-encoding"] == "application/x-www-form-urlencoded"
    assert "hx-post" not in control(html, "photo")


@pytest.mark.parametrize("name", ["first_name", "dropdown", "abort", "last"])
def test_looks_at_a_field_queue_as_latest_whatever_it_is_called(name: str) -> None:
    fields: Any = {name: (str, ...), "other": (str, ...)}
    schema = create_model("Schema", **fields)
    html = type("Form", (FormComponent,), {"schema": schema, "component_name": "one_field"})().render()

    modes = [control(html, one)["data-cf-sync"] or "" for one in (name, "other")]
    # As the client reads them (lane.js): a word of the other modes in a field's name must not count.
    assert [bool(re.search("latest|replace|last", mode)) for mode in modes] == [True, True]
    assert [bool(re.search("drop|abort|first", mode)) for mode in modes] == [False, False]
    assert modes[0] != modes[1]


def test_a_field_that_was_left_is_validated_while_it_is_mended() -> None:
    form = BlankForm(component_id="f")
    form.state["form"] = {"values": {}, "touched": ["email"], "submitted": False}
    html = form.render()

    assert control(html, "email")["hx-trigger"] == "blur changed, input changed delay:500ms"
    assert control(html, "name")["hx-trigger"] == "blur changed"


def test_rows_can_be_added_moved_and_removed(html: str) -> None:
    sent = [json.loads(one["hx-vals"] or "") for one in elements(html, tag="button") if "hx-vals" in one]

    assert {"_event": "_move_row", "_list": "items", "_index": "0", "_to": "1"} in sent
    assert {"_event": "_move_row", "_list": "items", "_index": "1", "_to": "0"} in sent
    assert {"_event": "_remove_row", "_list": "items", "_index": "1"} in sent
    assert {"_event": "_add_row", "_list": "tags"} in sent
    assert all("formnovalidate" in one for one in elements(html, tag="button") if "hx-vals" in one)


def test_a_full_list_offers_no_row_and_a_short_one_keeps_its_last() -> None:
    class Row(BaseModel):
        name: str

    class Short(BaseModel):
        rows: list[Row] = Field(default=[Row(name="a")], min_length=1, max_length=1)

    html = type("Form", (FormComponent,), {"schema": Short, "component_name": "short"})().render()

    assert [one for one in elements(html, tag="button") if "hx-vals" in one] == []


def test_the_enter_key_presses_no_button_of_a_row(html: str) -> None:
    first = elements(html, tag="button")[0]

    assert first["type"] == "submit"
    assert "name" not in first
    assert "hidden" in first


def test_live_validation_can_be_switched_off() -> None:
    form = form_of(str, template_name="forms/quiet.html")

    html = form.render()

    assert "hx-trigger" not in control(html, "field")
    assert "novalidate" in elements(html, tag="form")[0]
    assert ">Order now</button>" in html


def test_options_of_a_widget_become_attributes() -> None:
    html = form_of(Annotated[str, Widget("textarea", rows=9, autocomplete="street-address")]).render()

    assert control(html, "field")["rows"] == "9"
    assert control(html, "field")["autocomplete"] == "street-address"


@pytest.mark.parametrize("option", ["style", "onclick", "hx-on:click"])
def test_options_that_no_strict_policy_lets_in_are_refused(option: str) -> None:
    with pytest.raises(ComponentDefinitionError, match="content security policy"):
        form_of(Annotated[str, Widget("text", **{option: "x"})]).render()


def test_a_widget_can_have_a_template_of_its_own() -> None:
    html = form_of(Annotated[int, Widget("forms/stars.html")], 3).render()

    assert '<input type="range" id="f-field" name="field"' in html
    assert 'for="f-field"' in html


def test_a_form_replaces_the_template_of_a_field_by_path_name_or_kind() -> None:
    for key in ("field", "text"):
        html = form_of(str, "x", field_templates={key: "forms/own_field.html"}).render()
        assert "<p class=own>Field: x</p>" in html


def test_a_field_of_rows_is_named_by_the_path_of_its_definition() -> None:
    class Form(EverythingForm):
        component_name = "rows"
        field_templates: ClassVar = {"items.*.name": "forms/own_field.html"}

    html = Form(component_id="f").render()

    assert "<p class=own>Name: Pen</p>" in html
    assert "<p class=own>Name: Ink</p>" in html


def test_a_form_can_have_a_template_of_its_own() -> None:
    html = form_of(str, form_template="forms/own_form.html").render()

    assert "<h2>Mine</h2>" in html
    assert control(html, "field")["type"] == "text"
    assert problems(html) == []


@override_settings(CF_FORMS={"FIELD_TEMPLATES": {"text": "forms/own_field.html"}})
def test_a_project_replaces_the_template_of_a_kind() -> None:
    assert "<p class=own>Field: x</p>" in form_of(str, "x").render()


def test_fields_can_be_placed_one_by_one() -> None:
    form = form_of(str, "x", template_name="forms/by_hand.html")
    form.errors = {"__all__": ["Not so."]}

    html = form.render()

    assert "Not so." in html
    assert control(html, "field")["value"] == "x"


def test_a_field_that_there_is_not_is_named() -> None:
    with pytest.raises(ComponentDefinitionError, match=r"no field 'feild'\. Expected one of: field"):
        form_of(str, template_name="forms/misspelt.html").render()


@pytest.mark.parametrize("tag", ["component_form", "form_field 'x'", "form_errors"])
def test_the_tags_stand_in_the_template_of_a_form(tag: str) -> None:
    with pytest.raises(ComponentDefinitionError, match="FormComponent"):
        Template(f"{{% load cf_forms %}}{{% {tag} %}}").render(Context({}))


def test_words_are_in_the_readers_language() -> None:
    with override_settings(LANGUAGE_CODE="de"):
        html = EverythingForm(component_id="f").render()

    assert ">Senden</button>" in html
    assert ">Items 2 entfernen</button>" in html
