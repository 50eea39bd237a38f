"""Tests of the client script in Chromium."""
