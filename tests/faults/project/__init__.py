"""The Django project that the fault tests serve. Only here can a request ask for a fault."""
