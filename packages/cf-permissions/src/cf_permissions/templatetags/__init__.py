"""Template tags of cf_permissions."""
