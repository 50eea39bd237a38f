"""`manage.py` commands of cf-core."""
