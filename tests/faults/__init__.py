"""Real server processes that are killed, cut off and locked out, and what is left in the database afterwards."""
