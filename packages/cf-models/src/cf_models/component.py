"""Components that are bound to a row of a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Literal

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, QuerySet
from django.forms import BaseModelForm

from cf_core.engine.component import Component
from cf_core.engine.errors import ComponentDefinitionError, NotFound

from .conflicts import Conflict
from .errors import NotSaved, RowGone
from .fields import RowField, row_field, row_fields
from .files import delete_files
from .model_forms import clean_with_form
from .pending import Work
from .rows import BoundRow
from .saving import SaveRules, save_row

_SHOWN = "_row"
"""The key in a state that travels under which it says what the page was made from."""


class DjangoModelMixin(Component, exposes_events=False):
    """Binds a component to one row: read within a scope, shown as state, saved without losing what others did.

    The row is that of the param `pk`, read anew before every event. Without it there is no row, and the component
    may do with its model what it likes. See docs/reference/models.md.
    """

    model: ClassVar[type[Model] | None] = None
    """The model of the row."""
    state_fields: ClassVar[Sequence[str]] = ()
    """Names of the columns that stand in the state, and the only ones of an existing row that are ever written."""
    select_related: ClassVar[Sequence[str]] = ()
    """Relations that are read with the row; all that an `async def` handler follows."""
    prefetch_related: ClassVar[Sequence[Any]] = ()
    """Relations to many that are read with the row."""
    pk_param: ClassVar[str] = "pk"
    """The param that names the row."""
    version_field: ClassVar[str | None] = None
    """A number that grows, or a time that changes, with every change of the row: then any of them is a conflict."""
    lost_updates: ClassVar[Literal["detect", "overwrite"]] = "detect"
    """`"overwrite"`: the last one who saves wins."""
    form_class: ClassVar[type[BaseModelForm[Any]] | None] = None
    """The ModelForm that `validate_and_save` asks, unless it is given one."""

    def __init__(self, *, component_id: str | None = None, **params: Any) -> None:
        """Make an instance that is not bound yet."""
        super().__init__(component_id=component_id, **params)
        self._row: BoundRow | None = None
        self._works: list[Work[Any]] = []
        self.conflicts: tuple[Conflict, ...] = ()
        """What somebody else had changed when a save was refused for it: each field, with both values."""

    # -- what authors override

    def get_queryset(self) -> QuerySet[Any]:
        """Return the rows that the user may have; any other one is not found."""
        return self._model()._default_manager.using(self.using).all()

    def get_instance(self) -> Model | None:
        """Return the row that the component is about, None without one. Raises NotFound outside the scope."""
        pk = self.params.get(self.pk_param)
        return None if pk is None else self._find(pk)

    def populate_state_from_instance(self) -> None:
        """Put the row's `state_fields` into the state."""
        row = self._bound()
        for field in self._state_fields():
            self.state[field.name] = field.read(row.instance)

    def update_instance_from_state(self) -> None:
        """Set on the instance those of the `state_fields` whose state was changed since the page was made.

        The others keep what the row holds by now, whoever changed it.
        """
        row = self._bound()
        for field in self._state_fields():
            if field.name in self.state and field.is_writable:
                value = self.state[field.name]
                if row.is_new or not row.shown.holds(field, value):
                    self._set(field, value)

    # -- what handlers call

    def save_instance(self, also: Sequence[str] = ()) -> Work[bool]:
        """Save what was changed of the `state_fields`, and of the columns in `also`, in one transaction.

        At once in sync code; in async code it is `await self.save_instance()`, and forgetting that is an error.
        Raises NotSaved, with `errors` filled, for what the user has to mend, RowGone if the row was deleted, and
        ComponentDefinitionError if other columns were changed.
        """
        return self._work(lambda: self._save(also), "save_instance")

    def validate_and_save(
        self, data: Mapping[str, Any] | None = None, form_class: type[BaseModelForm[Any]] | None = None
    ) -> Any:
        """Set `data` (default: the state) on the row and save it; True if it was saved, else False: see `errors`.

        Only `state_fields` are taken from `data`, which is checked by the ModelForm, where there is one, and by the
        model. In async code it has to be awaited.
        """
        chosen = form_class or self.form_class
        work = self._work(lambda: self._validate_and_save(data, chosen), "validate_and_save")
        return work.result() if work.is_done else work

    def on_save(self) -> Any:
        """Save the state. No event by itself: a class that wants it as one says `def on_save(self)`."""
        self.update_instance_from_state()
        return self.save_instance()

    # -- how it is run

    @property
    def instance(self) -> Any:
        """The row; None for a component without one. Setting it binds the component to another row."""
        if self._row is None:
            try:
                found = self.get_instance()
            except AttributeError as error:
                # A property that raises it looks like one that is not there.
                raise ComponentDefinitionError(f"{self._where}.get_instance() failed: {error}") from error
            if found is not None:
                self._bind(found)
        return None if self._row is None else self._row.instance

    @instance.setter
    def instance(self, instance: Model | None) -> None:
        if instance is None:
            self._row = None
            self.params.pop(self.pk_param, None)
            return
        self._bind(instance)
        if instance.pk is not None and not instance._state.adding:
            self.params[self.pk_param] = instance.pk

    def mount(self) -> Any:
        """Bind the component to its row, if it has one, and fill the state from it."""
        if self.instance is not None:
            self.populate_state_from_instance()
        return super().mount()

    def hydrate(self, state: dict[str, Any]) -> Any:
        """Take the state back, and read the row anew. Raises RowGone if it is not there any more."""
        state = dict(state)
        digests = state.pop(_SHOWN, None)
        pending = super().hydrate(state)
        self._row = None
        try:
            found = self.get_instance()
        except NotFound as error:
            raise RowGone(str(error)) from error
        if found is not None:
            self._bind(found, digests)
        return pending

    def dehydrate(self) -> dict[str, Any]:
        """Return the state that travels, and with it what the page was made from."""
        for work in self._works:
            if not work.is_done:
                raise ComponentDefinitionError(
                    f"{self._where}.{work.name}() was called in async code and not awaited, so that nothing was "
                    f"saved: write `await self.{work.name}(...)`."
                )
        state = super().dehydrate()
        return state if self._row is None else {**state, _SHOWN: self._row.shown.digests}

    # -- helpers

    @property
    def _where(self) -> str:
        return type(self).__name__

    @classmethod
    def _model(cls) -> type[Model]:
        if cls.model is None:
            raise ComponentDefinitionError(f"{cls.__name__} has no model: write `model = ...` in the class.")
        return cls.model

    @classmethod
    def _state_fields(cls) -> tuple[RowField, ...]:
        return row_fields(cls._model(), tuple(cls.state_fields), f"{cls.__name__}.state_fields")

    @classmethod
    def _version(cls) -> RowField | None:
        name = cls.version_field
        return None if name is None else row_field(cls._model(), name, f"{cls.__name__}.version_field")

    def _find(self, pk: Any) -> Model:
        """Return the row of a key, within the scope. Raises NotFound."""
        model = self._model()
        rows = self._with_related(self.get_queryset())
        try:
            key = model._meta.pk.to_python(pk)
        except (ValidationError, TypeError, ValueError, OverflowError):
            key = None
        is_odd = key is None or isinstance(pk, bool) or (isinstance(key, str) and "\x00" in key)
        found = None if is_odd else rows.filter(pk=key).first()
        if not isinstance(found, model):
            raise NotFound(f"{self._where}: {model._meta.label} {pk!r} is not among the rows of get_queryset()")
        return found

    def _with_related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the queryset with the relations of the class."""
        if self.select_related:
            rows = rows.select_related(*self.select_related)
        return rows.prefetch_related(*self.prefetch_related) if self.prefetch_related else rows

    def _bind(self, instance: Model, digests: Mapping[str, str] | None = None) -> None:
        self._row = BoundRow(instance, self._state_fields(), self._version(), digests)

    def _bound(self) -> BoundRow:
        """Return the bound row. Raises ComponentDefinitionError without one."""
        if self.instance is None or self._row is None:
            raise ComponentDefinitionError(
                f"{self._where} has no row: give it the param {self.pk_param!r}, or set self.instance."
            )
        return self._row

    def _set(self, field: RowField, value: Any) -> None:
        row = self._bound()
        if field.is_many:
            row.many[field] = list(value or ())
        else:
            field.write(row.instance, value)

    def _work(self, work: Callable[[], bool], name: str) -> Work[bool]:
        made = Work(work, name)
        self._works.append(made)
        return made

    def _save(self, also: Sequence[str]) -> bool:
        row, was_new = self._bound(), self._bound().is_new
        rules = SaveRules(
            where=self._where,
            fields=self._state_fields(),
            also=row_fields(self._model(), tuple(also), f"{self._where}.save_instance(also=...)"),
            version=self._version(),
            detects_lost_updates=self.lost_updates == "detect",
            using=self.using,
        )
        self.conflicts = ()
        try:
            written = save_row(row, rules)
        except NotSaved as refused:
            self.conflicts = refused.conflicts
            self.errors.update(refused.errors)
            raise
        if row.files:
            self._undo.append(partial(delete_files, row.files))
        if was_new:
            self.params[self.pk_param] = row.instance.pk
            self._undo.append(lambda: self.params.pop(self.pk_param, None))
        if written:
            self._show_saved(row, written)
        return True

    def _show_saved(self, row: BoundRow, written: set[str]) -> None:
        """Put what the row holds now into the state, but leave what was changed there and not saved."""
        fields = self._state_fields()
        shown = [
            field
            for field in fields
            if field.field.name in written or row.shown.holds(field, self.state.get(field.name))
        ]
        for field in shown:
            self.state[field.name] = field.read(row.instance)
        row.note_loaded()
        row.shown.note(row.instance, shown, self._version())

    def _validate_and_save(self, data: Mapping[str, Any] | None, form_class: type[BaseModelForm[Any]] | None) -> bool:
        names = [field.name for field in self._state_fields()]
        values = {name: value for name, value in (self.state if data is None else data).items() if name in names}
        if form_class is not None:
            cleaned, errors = clean_with_form(form_class, values, self._bound().instance, self._state_fields())
            if errors:
                self.errors.update(errors)
                return False
            values = cleaned
        if data is None and form_class is None:
            self.update_instance_from_state()
        else:
            for field in self._state_fields():
                if field.name in values and field.is_writable:
                    self._set(field, values[field.name])
        try:
            return self._save(())
        except NotSaved:
            return False


class DjangoModelComponent(DjangoModelMixin, exposes_events=False):
    """A component of a model: `model`, `state_fields`, and handlers that change and save `self.instance`."""

    using: ClassVar[str] = DEFAULT_DB_ALIAS
