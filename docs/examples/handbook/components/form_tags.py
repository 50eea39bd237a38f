from enum import Enum
from typing import Annotated, Literal

from pydantic import BaseModel, EmailStr, Field

from cf_core import registry
from cf_forms import FormComponent, Widget
from cf_permissions import AllowAny


class Parcel(BaseModel):
    contents: str = Field(min_length=1)
    kilograms: int = Field(ge=1, le=30)


class Pace(Enum):
    SLOW = "slow"
    FAST = "fast"


class Shipment(BaseModel):
    name: str = Field(min_length=2, description="As it stands on the door.")
    email: EmailStr
    country: Literal["at", "ch", "de", "fr", "it"]
    pace: Pace
    note: Annotated[str, Widget("textarea", rows=3, autocomplete="off")] = ""
    parcels: list[Parcel] = Field(default=[Parcel(contents="Books", kilograms=2)], max_length=3)


@registry.register("shipment")
class ShipmentForm(FormComponent):
    permission_classes = [AllowAny]
    schema = Shipment

    def on_submit(self):
        self.state["sent"] = self.validated_data.name


@registry.register("framed_shipment")
class FramedShipment(ShipmentForm):
    template_name = "components/framed_shipment.html"
    form_template = "components/shipment_form.html"
    field_templates = {"email": "components/email_field.html"}
