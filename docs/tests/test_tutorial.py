"""The tutorial, followed step by step in an empty folder with the files that its pages show."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.helpers import EXAMPLES, run

COUNT = """
from cf_testing import open_page
page = open_page("/")
page.components("counter")[1].click("+10")
assert page.text() == "Counters 0 +1 +10 15 +1 +10", page.text()
"""


def manage(folder: Path, *arguments: str) -> str:
    done = run("manage.py", *arguments, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def take(folder: Path, **files: str) -> None:
    """Copy files of the examples to where the tutorial puts them; a folder keeps its name."""
    for source in files.values():
        target = folder / source
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(EXAMPLES / source, target)


def test_tutorial_works_from_an_empty_folder(tmp_path: Path) -> None:
    done = run("-m", "django", "startproject", "mysite", ".", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    manage(tmp_path, "startapp", "shop")
    settings = tmp_path / "mysite/settings.py"
    settings.write_text(settings.read_text() + "\n" + (EXAMPLES / "tutorial/settings.py").read_text())
    shutil.copy(EXAMPLES / "tutorial/step1_urls.py", tmp_path / "mysite/urls.py")
    shutil.copy(EXAMPLES / "tutorial/step1_components.py", tmp_path / "shop/components.py")
    take(tmp_path, page="shop/templates/shop/counters.html", component="shop/templates/components/counter.html")
    manage(tmp_path, "migrate", "--verbosity=0")
    assert "no issues" in manage(tmp_path, "check")
    allowed = "from django.conf import settings; settings.ALLOWED_HOSTS.append('testserver')\n"
    manage(tmp_path, "shell", "--command", allowed + COUNT)

    shutil.copy(EXAMPLES / "tutorial/step2_urls.py", tmp_path / "mysite/urls.py")
    take(
        tmp_path,
        components="shop/components.py",
        models="shop/models.py",
        views="shop/views.py",
        tests="shop/tests.py",
        page="shop/templates/shop/products.html",
        component="shop/templates/components/product.html",
    )
    manage(tmp_path, "makemigrations", "shop")
    manage(tmp_path, "migrate", "--verbosity=0")
    assert "Ran 3 tests" in (printed := manage(tmp_path, "test", "shop"))
    assert "OK" in printed


def test_first_step_has_the_same_counter_as_the_finished_app() -> None:
    first = (EXAMPLES / "tutorial/step1_components.py").read_text()
    finished = (EXAMPLES / "shop/components.py").read_text()

    assert first[first.index("@registry") :].strip() in finished
