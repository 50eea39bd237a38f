"""What the components of these tests show."""

from __future__ import annotations

from django.db import models


class Label(models.Model):
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    name = models.CharField(max_length=80)
    labels = models.ManyToManyField(Label, related_name="products")

    def __str__(self) -> str:
        return self.name


class Bargain(Product):
    """A proxy."""

    class Meta:
        proxy = True
