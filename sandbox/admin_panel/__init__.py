"""A company's admin panel: its people, and how business goes."""
