"""The user model, in place from the first migration on."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class UserType(models.TextChoices):
    """The part of the sandbox in which somebody is at home.

    What somebody may do in the back office is a matter of `is_staff` and `is_superuser`.
    """

    SHOPPER = "shopper", _("Shopper")
    STUDENT = "student", _("Student")
    TEACHER = "teacher", _("Teacher")


class User(AbstractUser):
    """Somebody who can log in."""

    user_type = models.CharField(
        _("type"), max_length=16, choices=UserType.choices, default=UserType.SHOPPER, db_index=True
    )

    @property
    def display_name(self) -> str:
        """The full name where there is one, else the user name."""
        return self.get_full_name() or self.get_username()

    @property
    def initials(self) -> str:
        """Two letters for an avatar."""
        words = self.display_name.split()
        letters = words[0][:2] if len(words) == 1 else words[0][:1] + words[-1][:1]
        return letters.upper()
