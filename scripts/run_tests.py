"""Run every test of the repository: `make test`, or `scripts/run_tests.py [suite ...] [-- pytest arguments]`.

Each package is tested on its own, with its own settings and so in its own process; the cross-package tests, the
sandbox and the client scripts are suites beside them. A summary over all suites comes last.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.services import are_required, browser_path, service  # noqa: E402 - found through the line above

NO_BROWSER = """\
No Chromium or Chrome was found, and Playwright could not install one: the browser tests cannot run.
Install one and run again:
  Debian, Ubuntu   apt-get install chromium
  Fedora           dnf install chromium
  macOS            brew install --cask chromium
  anywhere         .venv/bin/playwright install --with-deps chromium
Or name one that you have: CF_TEST_BROWSER=/path/to/chrome make test"""
NO_NODE = "node was not found: the unit tests of the client scripts cannot run. Install Node.js 20 or newer."


@dataclass(frozen=True, slots=True)
class Suite:
    """Tests that run in one process: a folder with pytest settings, or a client's node tests."""

    name: str
    folder: Path
    runner: str = "pytest"


@dataclass(slots=True)
class Result:
    """What one suite came to."""

    suite: Suite
    exit_code: int = 0
    seconds: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)


def main() -> int:
    """Run the suites that were asked for, or all, and return the exit code."""
    parser = argparse.ArgumentParser(description="Run the tests of every package, one process each.")
    parser.add_argument("suites", nargs="*", help="names as in the summary, e.g. cf-core sandbox; default: all")
    parser.add_argument("--coverage", action="store_true", help="measure, combine and report coverage")
    options, extra = parser.parse_known_args(before_separator(sys.argv[1:]))
    extra += after_separator(sys.argv[1:])
    suites = find_suites()
    unknown = set(options.suites) - {suite.name for suite in suites}
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}. There are: {', '.join(s.name for s in suites)}")
    chosen = [suite for suite in suites if not options.suites or suite.name in options.suites]

    missing = prepare_machine(chosen)
    started = time.monotonic()
    if options.coverage:
        coverage("erase")
    results = [run_suite(suite, extra, with_coverage=options.coverage) for suite in chosen]
    if options.coverage:
        coverage("combine", "--quiet")
        coverage("report", "--skip-covered")
    return report(results, missing, time.monotonic() - started)


def find_suites() -> list[Suite]:
    """Return every folder that has tests, the packages first."""
    suites = [Suite(path.name, path) for path in sorted(ROOT.glob("packages/*")) if has_tests(path / "tests")]
    if has_tests(ROOT / "sandbox"):
        suites.append(Suite("sandbox", ROOT / "sandbox"))
    suites.append(Suite("cross-package", ROOT))
    if has_tests(ROOT / "docs"):
        suites.append(Suite("docs", ROOT / "docs"))
    for client in sorted(ROOT.glob("packages/*/client")):
        if any((client / "test").rglob("*.test.*js")):
            suites.append(Suite(f"{client.parent.name}-client", client, "node"))
    return suites


def has_tests(folder: Path) -> bool:
    return any(folder.rglob("test_*.py"))


def prepare_machine(suites: list[Suite]) -> list[str]:
    """Find the browser, node and the servers; return what is missing and cannot be done without."""
    missing = []
    if any(drives_browser(suite) for suite in suites) and not find_or_install_browser():
        missing.append(NO_BROWSER)
    if any(suite.runner == "node" for suite in suites) and not shutil.which("node"):
        missing.append(NO_NODE)
    for name in ("postgresql", "mariadb", "redis", "memcached"):
        if service(name).answers():
            continue
        text = f"{name} does not answer at {service(name).url} (CF_TEST_{name.upper()}_URL)"
        if are_required():
            missing.append(text)
        else:
            print(f"[test] {text}: its tests are skipped", flush=True)
    return missing


def drives_browser(suite: Suite) -> bool:
    return any("playwright" in path.read_text() for path in (suite.folder / "tests").rglob("*.py"))


def find_or_install_browser() -> bool:
    path = browser_path()
    if path is None:
        print("[test] no browser found, trying: playwright install chromium", flush=True)
        try:
            subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], timeout=300, check=True)
        except (OSError, subprocess.SubprocessError):
            return False
        path = browser_path()
    if path is None:
        return False
    os.environ["CF_TEST_BROWSER"] = path
    return True


def run_suite(suite: Suite, extra: list[str], *, with_coverage: bool) -> Result:
    """Run one suite with its output on the terminal."""
    print(f"\n[test] {suite.name}", flush=True)
    result = Result(suite)
    started = time.monotonic()
    if suite.runner == "node":
        run_node(result)
    else:
        run_pytest(result, extra, with_coverage=with_coverage)
    result.seconds = time.monotonic() - started
    return result


def run_pytest(result: Result, extra: list[str], *, with_coverage: bool) -> None:
    # A run of several suites must not hand one suite's settings to the next.
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-m", "pytest", "-q"]
    if with_coverage:
        environment["COVERAGE_FILE"] = str(ROOT / f".coverage.{result.suite.name}")
        command += ["--cov", f"--cov-config={ROOT / 'pyproject.toml'}", "--cov-report="]
    with tempfile.TemporaryDirectory() as folder:
        junit = Path(folder, "junit.xml")
        done = subprocess.run([*command, f"--junitxml={junit}", *extra], cwd=result.suite.folder, env=environment)
        result.exit_code = done.returncode
        if junit.exists():
            read_junit(result, junit)


def read_junit(result: Result, junit: Path) -> None:
    cases = ElementTree.parse(junit).getroot().iter("testcase")  # noqa: S314 - written by the run above
    for case in cases:
        outcome = next((kind for kind in ("failure", "error", "skipped") if case.find(kind) is not None), "passed")
        kind = {"failure": "failed", "error": "errors"}.get(outcome, outcome)
        result.counts[kind] = result.counts.get(kind, 0) + 1
        if kind == "skipped":
            reason = case.find("skipped")
            result.skipped.append(reason.get("message", "") if reason is not None else "")


def run_node(result: Result) -> None:
    node = shutil.which("node")
    if node is None:
        result.exit_code = 1
        return
    done = subprocess.run(
        [node, "--test", "--test-reporter=tap"],
        cwd=result.suite.folder,
        capture_output=True,
        text=True,
    )
    result.exit_code = done.returncode
    print(done.stdout if done.returncode else "\n".join(done.stdout.splitlines()[-8:]), done.stderr, flush=True)
    for kind, word in (("passed", "pass"), ("failed", "fail"), ("skipped", "skipped")):
        found = re.search(rf"^# {word} (\d+)$", done.stdout, re.MULTILINE)
        if found and int(found[1]):
            result.counts[kind] = int(found[1])


def report(results: list[Result], missing: list[str], seconds: float) -> int:
    """Print the table, what was skipped and why, what is missing, and one line in pytest's words."""
    print("\n[test] summary")
    for result in results:
        counts = ", ".join(f"{number} {kind}" for kind, number in sorted(result.counts.items())) or "nothing ran"
        verdict = "ok" if result.exit_code == 0 else f"FAILED (exit {result.exit_code})"
        print(f"  {result.suite.name:<20} {result.seconds:7.1f}s  {verdict:<16} {counts}")
    for reason in sorted({reason for result in results for reason in result.skipped}):
        number = sum(result.skipped.count(reason) for result in results)
        print(f"  skipped {number} x: {reason}")
    for text in missing:
        print(f"\n{text}")
    totals = {
        kind: sum(result.counts.get(kind, 0) for result in results)
        for kind in ("failed", "passed", "skipped", "errors")
    }
    # A suite that breaks before its first test has no count of its own.
    totals["errors"] += sum(1 for r in results if r.exit_code and not r.counts.keys() & {"failed", "errors"})
    totals["errors"] += len(missing)
    line = ", ".join(f"{number} {kind}" for kind, number in totals.items() if number) or "no tests ran"
    print(f"\n{f' {line} in {seconds:.2f}s ':=^100}", flush=True)
    return 1 if totals["failed"] or totals["errors"] or not totals["passed"] else 0


def coverage(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "coverage", *arguments], cwd=ROOT, check=True)


def before_separator(arguments: list[str]) -> list[str]:
    return arguments[: arguments.index("--")] if "--" in arguments else arguments


def after_separator(arguments: list[str]) -> list[str]:
    return arguments[arguments.index("--") + 1 :] if "--" in arguments else []


if __name__ == "__main__":
    sys.exit(main())
