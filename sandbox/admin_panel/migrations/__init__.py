"""Migrations of the admin panel."""
