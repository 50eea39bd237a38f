"""What the events of the fault tests write."""

from django.db import models


class Effect(models.Model):
    """One per applied event; `label` is chosen by the test, so that it can count what came of one request."""

    label = models.CharField(max_length=80, db_index=True)
    n = models.IntegerField(default=0)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.label


class Stock(models.Model):
    """Something of which there are only so many, or that somebody counts."""

    name = models.CharField(max_length=80, unique=True)
    amount = models.IntegerField()

    def __str__(self) -> str:
        return self.name


class Paper(models.Model):
    """Something that an event deletes and that the permission to send the event depends on."""

    name = models.CharField(max_length=80, unique=True)

    def __str__(self) -> str:
        return self.name


class Line(models.Model):
    """Refers to an effect; PostgreSQL and SQLite look at the reference only at COMMIT."""

    effect = models.ForeignKey(Effect, on_delete=models.CASCADE)

    def __str__(self) -> str:
        return f"line of {self.effect}"
