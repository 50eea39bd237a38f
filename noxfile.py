"""What a person runs by hand, each session in its own environment: `nox` lists nothing but runs lint, types and docs.

    nox -s tests-3.13 -- cf-core -- -k token     the tests on another Python than that of .venv
    nox -s matrix -- py312-django60-core         from the wheels, with tox

`make` has the same commands for the environment in .venv. What CI runs is in .ci/run.
"""

from __future__ import annotations

import nox
import uv

nox.needs_version = ">=2024.10"
nox.options.default_venv_backend = "uv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "types", "docs"]

PYTHONS = ["3.11", "3.12", "3.13"]
UV = uv.find_uv_bin()


def install_workspace(session: nox.Session) -> None:
    """Install every package editable with the development tools, as locked."""
    environment = {"UV_PROJECT_ENVIRONMENT": session.virtualenv.location}
    session.run_install(UV, "sync", "--quiet", "--frozen", "--inexact", external=True, env=environment)
    session.install("-r", "sandbox/requirements.txt")


@nox.session
def lint(session: nox.Session) -> None:
    """Style, formatting and the layers."""
    install_workspace(session)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports", "--config", "pyproject.toml", "--no-logo")


@nox.session
def types(session: nox.Session) -> None:
    """mypy --strict over the packages."""
    install_workspace(session)
    session.run("mypy", *session.posargs)


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Every test; arguments as for scripts/run_tests.py."""
    install_workspace(session)
    session.run("python", "scripts/run_tests.py", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation, with warnings as errors."""
    install_workspace(session)
    session.run("sphinx-build", "-W", "--keep-going", "-q", "-b", "html", "docs", "docs/_build")


@nox.session
def matrix(session: nox.Session) -> None:
    """The test matrix, or the tox environments that are named."""
    install_workspace(session)
    session.run("python", "scripts/matrix.py", "--envs", ",".join(session.posargs))
