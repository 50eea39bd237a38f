"""How the documentation is built: MyST pages, the furo theme, reference parts from the docstrings."""

import os
import sys
from importlib.metadata import version as version_of
from pathlib import Path

import django

EXAMPLES = Path(__file__).parent / "examples"
sys.path.insert(0, str(EXAMPLES))
os.environ["DJANGO_SETTINGS_MODULE"] = "mysite.settings"
django.setup()

project = "component-framework"
author = "The component-framework maintainers"
project_copyright = author
version = release = version_of("cf-core")
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["README.md", "_build", ".pytest_cache", "examples", "tests"]
nitpicky = True
# Types in signatures are links where the reference describes the class. All other references must have a target; no
# other project's inventory is fetched during a build.
nitpick_ignore_regex = [("py:class", ".*")]

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

# Docstrings are plain text with `code` in it.
default_role = "literal"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
autodoc_class_signature = "separated"
autodoc_default_options = {"exclude-members": "__init__, __new__"}
add_module_names = False

html_theme = "furo"
html_title = "component-framework for Django"
html_static_path = ["_static"]
html_css_files = ["docs.css"]
html_copy_source = False
html_show_sphinx = False
pygments_style = "default"
pygments_dark_style = "monokai"
