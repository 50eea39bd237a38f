"""gunicorn's own supervision: a master that holds the socket and starts a new worker when one is killed."""

import os
from typing import Any

from tests.faults.project.leash import die_with_parent

preload_app = True
workers = 1
worker_class = "gthread"
threads = 64
timeout = 120
graceful_timeout = 1
loglevel = "warning"
control_socket_disable = True


def on_starting(server: Any) -> None:
    die_with_parent(int(os.environ["CF_FAULTS_PARENT"]))
