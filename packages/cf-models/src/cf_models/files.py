"""New files of a row: written to their storage when it is saved, and taken back when that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db.models import FileField, Model
from django.db.models.fields.files import FieldFile


def new_files(instance: Model) -> list[FieldFile]:
    """Return the files that were set and are not in their storage yet."""
    files = [getattr(instance, f.attname) for f in instance._meta.concrete_fields if _is_loaded_file(f, instance)]
    return [file for file in files if file and not _is_stored(file)]


@contextmanager
def taken_back_on_failure(files: Sequence[FieldFile]) -> Iterator[None]:
    """Delete those of the files that got as far as their storage, if what is inside fails."""
    try:
        yield
    except BaseException:
        delete_files(files)
        raise


def delete_files(files: Sequence[FieldFile]) -> None:
    """Delete the files from their storage."""
    for file in files:
        if _is_stored(file) and file.name:
            file.storage.delete(file.name)


def _is_loaded_file(field: object, instance: Model) -> bool:
    return isinstance(field, FileField) and field.attname in instance.__dict__


def _is_stored(file: FieldFile) -> bool:
    # Django's own mark of it, which the stubs leave out.
    return bool(getattr(file, "_committed", True))
