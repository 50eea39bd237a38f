"""People in Django's admin."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.utils.translation import gettext_lazy as _

from .models import User


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Django's own, and the type."""

    list_display = ("username", "display_name", "email", "user_type", "is_staff", "is_active")
    list_filter = ("user_type", *DjangoUserAdmin.list_filter)
    fieldsets = (*DjangoUserAdmin.fieldsets, (_("Sandbox"), {"fields": ("user_type",)}))
