"""The page driver: open a page, click, fill and read it as a person does, without a browser."""

from ..dom.errors import Ambiguous, BadSelector, NotOnPage, NotUsable, PageError, PageFailure
from ..dom.fields import Upload
from .answers import Answer
from .browser import Browser
from .driver import Page, open_page
from .effects import Message
from .elements import Element
from .regions import ComponentRegion, Region

__all__ = [
    "Ambiguous",
    "Answer",
    "BadSelector",
    "Browser",
    "ComponentRegion",
    "Element",
    "Message",
    "NotOnPage",
    "NotUsable",
    "Page",
    "PageError",
    "PageFailure",
    "Region",
    "Upload",
    "open_page",
]
