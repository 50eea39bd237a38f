"""Tag libraries of cf-core."""
