"""What the wheels hold. That they install one by one and pass their own tests is `make matrix`."""

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from importlib import import_module
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
IMPORT_PACKAGES = {
    "cf-cache": "cf_cache",
    "cf-core": "cf_core",
    "cf-forms": "cf_forms",
    "cf-models": "cf_models",
    "cf-permissions": "cf_permissions",
    "cf-realtime": "cf_realtime",
    "cf-suite": "component_framework",
    "cf-testing": "cf_testing",
}
# Of our own packages, which one may require which.
REQUIRED_SIBLINGS = {
    "cf-core": set(),
    "cf-models": {"cf-core", "cf-forms"},
    "cf-suite": set(IMPORT_PACKAGES) - {"cf-suite"},
}

# The wheels are built once, by one worker.
pytestmark = pytest.mark.xdist_group("wheels")


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, ZipFile]]:
    folder = tmp_path_factory.mktemp("wheels")
    subprocess.run([sys.executable, ROOT / "scripts" / "build_wheels.py", folder], check=True, capture_output=True)
    opened = {path.name.partition("-")[0].replace("_", "-"): ZipFile(path) for path in folder.glob("*.whl")}
    yield opened
    for wheel in opened.values():
        wheel.close()


def metadata(wheel: ZipFile) -> Message:
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return message_from_bytes(wheel.read(name))


def test_every_package_has_a_wheel(wheels: dict[str, ZipFile]) -> None:
    assert set(wheels) == set(IMPORT_PACKAGES) == {path.name for path in (ROOT / "packages").iterdir()}


@pytest.mark.parametrize(("distribution", "package"), IMPORT_PACKAGES.items())
def test_wheel_holds_every_source_file_and_nothing_else(
    wheels: dict[str, ZipFile], distribution: str, package: str
) -> None:
    source = ROOT / "packages" / distribution / "src"
    files = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    expected = {name for name in files if "__pycache__" not in name}

    held = {name for name in wheels[distribution].namelist() if ".dist-info/" not in name}

    assert held == expected
    assert f"{package}/py.typed" in held
    assert {name.partition("/")[0] for name in held} == {package}


@pytest.mark.parametrize("distribution", IMPORT_PACKAGES)
def test_metadata_says_what_the_project_file_says(wheels: dict[str, ZipFile], distribution: str) -> None:
    project = tomllib.loads((ROOT / "packages" / distribution / "pyproject.toml").read_text())["project"]

    fields = metadata(wheels[distribution])

    assert fields["Name"] == distribution
    assert fields["Version"] == project["version"]
    assert (
        getattr(import_module(IMPORT_PACKAGES[distribution]), "__version__", project["version"]) == project["version"]
    )
    assert fields["Requires-Python"] == ">=3.11"
    assert fields["License-Expression"] == "MIT"
    assert str(fields.get_payload()).startswith(f"# {distribution}\n")
    assert any(name.endswith("/licenses/LICENSE") for name in wheels[distribution].namelist())


@pytest.mark.parametrize("distribution", IMPORT_PACKAGES)
def test_packages_require_cf_core_and_no_sibling(wheels: dict[str, ZipFile], distribution: str) -> None:
    requirements = [Requirement(text) for text in metadata(wheels[distribution]).get_all("Requires-Dist", [])]

    siblings = {requirement.name for requirement in requirements if requirement.name in IMPORT_PACKAGES}

    assert siblings == REQUIRED_SIBLINGS.get(distribution, {"cf-core"})


@pytest.mark.parametrize("distribution", IMPORT_PACKAGES)
def test_version_is_one_that_the_other_packages_accept(wheels: dict[str, ZipFile], distribution: str) -> None:
    version = metadata(wheels[distribution])["Version"]

    for other in wheels.values():
        for text in metadata(other).get_all("Requires-Dist", []):
            requirement = Requirement(text)
            if requirement.name == distribution:
                assert version in requirement.specifier, f"{metadata(other)['Name']} requires {text}"
