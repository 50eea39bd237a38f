"""The frame around the demos: theme, landing page, source viewer and demo data."""
