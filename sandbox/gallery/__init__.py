"""Small demos, each showing one thing that components do."""
