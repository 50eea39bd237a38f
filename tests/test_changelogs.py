"""Changelogs: fragments that can be collected, and release tags that keep their word."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = sorted(path.name for path in (ROOT / "packages").iterdir())
FRAGMENT = re.compile(r"\d+(\.\d+)?\.(added|changed|fixed|deprecated|removed)\.md")


def release_problems(tag: str, version: str, changelog: str) -> list[str]:
    """Say what is wrong with a release tag such as cf-core-1.2.0."""
    wanted = tag.rpartition("-")[2]
    problems = []
    if wanted != version:
        problems.append(f"{tag}: pyproject.toml says {version}")
    if not re.search(rf"^## {re.escape(wanted)}\b", changelog, re.MULTILINE):
        problems.append(f"{tag}: CHANGELOG.md has no heading '## {wanted}'")
    return problems


@pytest.mark.parametrize("package", PACKAGES)
def test_fragments_are_named_by_issue_and_kind_and_say_something(package: str) -> None:
    fragments = [path for path in (ROOT / "packages" / package / "changelog.d").iterdir() if path.name != ".gitkeep"]

    assert [path.name for path in fragments if not FRAGMENT.fullmatch(path.name)] == []
    assert [path.name for path in fragments if not path.read_text().strip().endswith(".")] == []


def test_tags_of_this_commit_have_their_version_and_heading() -> None:
    command = ["git", "tag", "--points-at", "HEAD"]
    tags = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    problems = []

    for tag in tags:
        folder = ROOT / "packages" / tag.rpartition("-")[0]
        if folder.is_dir():
            version = tomllib.loads((folder / "pyproject.toml").read_text())["project"]["version"]
            problems += release_problems(tag, version, (folder / "CHANGELOG.md").read_text())

    assert problems == []


@pytest.mark.parametrize(
    ("tag", "number"),
    [("cf-core-1.2.0", 0), ("cf-core-1.2.1", 2), ("cf-core-1.1.0", 1), ("cf-core-1.2", 1)],
)
def test_a_wrong_tag_is_noticed(tag: str, number: int) -> None:
    changelog = "# Changelog\n\n## 1.2.0 (2026-12-01)\n\n## 1.1.0 (2026-11-01)\n"

    assert len(release_problems(tag, "1.2.0", changelog)) == number
