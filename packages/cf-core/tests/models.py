"""What the components of these tests write to."""

from __future__ import annotations

import uuid

from django.db import models


class Item(models.Model):
    """A row with a number, a unique name and another row it may belong to."""

    name = models.CharField(max_length=80, unique=True)
    stock = models.IntegerField(default=0)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE)

    def __str__(self) -> str:
        return self.name


class Badge(models.Model):
    """A row whose key is no integer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    title = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.title
