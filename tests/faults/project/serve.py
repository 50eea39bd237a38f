"""Serve the project with Daphne on an open socket, and again whenever the serving process is killed.

`python -m tests.faults.project.serve <file descriptor>`: a supervisor that has Django loaded and forks the server, as
`gunicorn --preload` does for WSGI.
"""

import os
import sys

import django

from .leash import die_with_parent
from .warm import load_twisted, warm_up


def main(descriptor: int) -> None:
    die_with_parent(int(os.environ["CF_FAULTS_PARENT"]))
    django.setup()
    warm_up()
    load_twisted()
    supervisor = os.getpid()
    while True:
        child = os.fork()
        if child == 0:
            die_with_parent(supervisor)
            serve(descriptor)
        os.waitpid(child, 0)


def serve(descriptor: int) -> None:
    # Imported in the child only: Twisted's reactor must not be shared between processes.
    from daphne.cli import CommandLineInterface

    CommandLineInterface().run(["--fd", str(descriptor), "--verbosity", "0", "tests.faults.project.asgi:application"])
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
