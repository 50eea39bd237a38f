"""The pytest plugin; its fixtures are written with the first part of cf_testing."""
