"""What the readmes show works, word for word."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import override_settings
from django.urls import include, path

from cf_testing import open_page

ROOT = Path(__file__).resolve().parent.parent
README = "README.md"
CORE_README = "packages/cf-core/README.md"
TESTING_README = "packages/cf-testing/README.md"


def blocks(readme: str, language: str) -> list[str]:
    """Return the fenced code blocks of that language."""
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / readme).read_text(), re.MULTILINE | re.DOTALL)


def counter_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(engines["django"].get_template("page.html").render({}, request))


urlpatterns = [path("components/", include("cf_core.urls")), path("counter/", counter_page)]


@pytest.fixture
def counter(request: pytest.FixtureRequest, component_registry: object) -> Iterator[None]:
    """Register the readme's component, and serve its template and page at /counter/."""
    component, template, page = request.param
    exec(compile(component, "readme", "exec"), {"__name__": "readme"})
    templates = {"components/counter.html": template, "page.html": page.replace("...", "")}
    options = {
        "loaders": [
            ("django.template.loaders.locmem.Loader", templates),
            "django.template.loaders.app_directories.Loader",
        ],
        "context_processors": ["django.template.context_processors.request"],
    }
    backend = {"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": options}
    with override_settings(ROOT_URLCONF=__name__, TEMPLATES=[backend]):
        yield


def parts(readme: str) -> tuple[str, str, str]:
    return blocks(readme, "python")[0], blocks(readme, "html")[0], blocks(readme, "html")[1]


@pytest.mark.django_db
@pytest.mark.parametrize("counter", [parts(README)], indirect=True)
def test_counter_of_the_readme_counts(counter: None) -> None:
    page = open_page("/counter/")

    page.click("+1")
    page.click("+10")

    assert page.text("output") == "16"


@pytest.mark.django_db
@pytest.mark.parametrize("counter", [parts(CORE_README)], indirect=True)
def test_counter_and_tests_of_the_packages_readmes(counter: None) -> None:
    tests: dict[str, object] = {}
    exec(compile(blocks(TESTING_README, "python")[0], "readme", "exec"), tests)

    tests["test_counter_counts"]()  # type: ignore[operator]
    tests["test_counter_on_its_page"](None)  # type: ignore[operator]


def test_every_package_has_a_row_in_the_table() -> None:
    rows = re.findall(r"^\| \[([a-z-]+)\]\(packages/\1/\) \|", (ROOT / README).read_text(), re.MULTILINE)

    assert sorted(rows) == sorted(path.name for path in (ROOT / "packages").iterdir())


@pytest.mark.parametrize("readme", [README, "CONTRIBUTING.md"])
def test_links_and_commands_exist(readme: str) -> None:
    text = (ROOT / readme).read_text()
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    makefile = (ROOT / "Makefile").read_text()
    commands = re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)", text, re.MULTILINE)

    assert [target for target in targets if not (ROOT / target).exists()] == []
    assert [name for pair in commands for name in pair if name and not re.search(rf"^{name}:", makefile, re.M)] == []
