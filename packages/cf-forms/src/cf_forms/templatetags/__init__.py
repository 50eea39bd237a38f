"""The tags of cf-forms."""
