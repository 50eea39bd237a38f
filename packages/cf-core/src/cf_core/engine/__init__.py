"""The component lifecycle in pure Python: no framework is imported here."""
