"""The sandbox project: settings, URLs and entry points."""
