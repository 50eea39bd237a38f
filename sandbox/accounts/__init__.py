"""The people of the sandbox: one user model, log-in and log-out, demo accounts."""
