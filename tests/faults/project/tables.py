"""Make the project's tables: `python -m tests.faults.project.tables`."""

import django
from django.core.management import call_command

CACHE = "faults_cache"

if __name__ == "__main__":
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("createcachetable", CACHE, verbosity=0)
