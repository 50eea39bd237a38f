"""The permission matrix: every way to say who may, every kind of visitor, every way in."""
