"""What can go wrong with a row, each as every transport answers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from cf_core.engine.errors import Invalid, NotFound

if TYPE_CHECKING:
    from .conflicts import Conflict


class RowGone(NotFound):
    """A row that the page shows is not there any more: deleted, or out of the user's scope. It does not say which."""

    public = gettext_noop("This entry is not there any more; it may have been deleted in the meantime.")


class NotSaved(Invalid):
    """A row was not saved for reasons that the user can mend; nothing of the event is kept.

    `errors` is {field name: [messages]}; what belongs to no field stands under `__all__`. A handler that lets it pass
    is answered with the component and the errors in it.
    """

    shows_component = True

    def __init__(self, errors: Mapping[str, list[str]], *, conflicts: Sequence[Conflict] = ()) -> None:
        super().__init__(f"The row was not saved: {dict(errors)}", errors=errors)
        self.conflicts = tuple(conflicts)
        """What somebody else has changed meanwhile, where that is the reason."""
