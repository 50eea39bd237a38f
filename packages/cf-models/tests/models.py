"""What the components of these tests read and write."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models


class Customer(models.Model):
    """Whom an order is for."""

    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """What an order may have many of."""

    title = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.title


class Order(models.Model):
    """A row with a field of every sort that saving treats in its own way."""

    STATUSES: ClassVar = [("new", "New"), ("paid", "Paid"), ("sent", "Sent")]

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    number = models.CharField(max_length=20, null=True, blank=True, unique=True)
    status = models.CharField(max_length=10, choices=STATUSES, default="new")
    notes = models.TextField(blank=True)
    total = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    due = models.DateTimeField(null=True, blank=True)
    urgent = models.BooleanField(default=False, help_text="Sent on the same day")
    shelf = models.CharField(max_length=10, blank=True)
    place = models.PositiveIntegerField(null=True, blank=True)
    tags = models.ManyToManyField(Tag, blank=True)
    paper = models.FileField(upload_to="papers", blank=True)
    changed_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shelf", "place"], name="one_order_a_place"),
            models.CheckConstraint(condition=models.Q(total__gte=0), name="total_not_negative"),
        ]

    def __str__(self) -> str:
        return f"Order {self.pk}"

    def clean(self) -> None:
        if self.status == "sent" and not self.total:
            raise ValidationError({"status": "An order without a total is not sent."})
        if self.notes == "forbidden":
            raise ValidationError("Nothing of the kind.")


class Parcel(models.Model):
    """A row whose key is no integer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    title = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.title
