"""Models whose changes drop entries: `invalidate_on`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any
from weakref import WeakSet

from django.apps import apps
from django.db.models import Model
from django.db.models.signals import class_prepared, m2m_changed, post_delete, post_save

from cf_core.engine.component import Component
from cf_core.engine.errors import ComponentDefinitionError

from . import generations
from .commits import end_after_commit
from .invalidation import entries_with

_ID = "cf_cache.changes"
_listening: dict[type[Model], WeakSet[type[Component]]] = {}
"""{model: components that want to know}."""


def listen(cls: type[Component]) -> None:
    """Have the class's entries dropped when a row of its `invalidate_on` is saved or deleted.

    Raises ComponentDefinitionError unless it is a list of models and labels.
    """
    models: Any = getattr(cls, "invalidate_on", ())
    if not isinstance(models, list | tuple) or not all(map(_is_model_or_label, models)):
        raise ComponentDefinitionError(
            f"{cls.__qualname__}.invalidate_on is {models!r}. Expected a list of models, or of labels: 'shop.Product'."
        )
    m2m_changed.connect(_on_relation_change, dispatch_uid=_ID)
    class_prepared.connect(_connect, dispatch_uid=_ID)
    for model in models:
        found = _model_of(model) if isinstance(model, str) else model
        if found is None:
            continue
        # A proxy and its model have the same rows.
        found = found._meta.concrete_model or found
        if found not in _listening:
            _listening[found] = WeakSet()
            for sender in apps.get_models(include_auto_created=True, include_swapped=True):
                _connect(sender)
        _listening[found].add(cls)


def _connect(sender: type[Model], **kwargs: Any) -> None:
    """Hear of a model that somebody wants to know of. Of these alone: Django deletes rows of a model with listeners one
    by one, after it has fetched them.
    """
    if any(issubclass(sender, model) for model in _listening):
        post_save.connect(_on_change, sender, dispatch_uid=_ID)
        post_delete.connect(_on_change, sender, dispatch_uid=_ID)


def _model_of(label: str) -> type[Model] | None:
    try:
        return apps.get_model(label)
    except LookupError:
        return None  # cf_cache.E005 says so


def _is_model_or_label(model: Any) -> bool:
    if isinstance(model, str):
        return model.count(".") == 1
    return isinstance(model, type) and issubclass(model, Model)


def _on_change(sender: type[Model], instance: Model, using: str, **kwargs: Any) -> None:
    for cls in _interested(sender):
        _invalidate(cls, instance, using)


def _on_relation_change(action: str, instance: Model, model: type[Model], using: str, **kwargs: Any) -> None:
    if not action.startswith("post_"):
        return
    for cls in _interested(type(instance)):
        _invalidate(cls, instance, using)
    # Of the rows at the other end only the keys are known, and not even these when all are removed.
    for cls in _interested(model):
        end_after_commit([generations.of_class(cls)], using)


def _interested(model: type[Model]) -> list[type[Component]]:
    return [cls for parent in model.__mro__ for cls in _listening.get(parent, ())]


def _invalidate(cls: type[Component], instance: Model, using: str) -> None:
    which: Callable[[Model], Any] | None = getattr(cls, "invalidated_by", None)
    wrong = {} if which is None else which(instance)
    if wrong is None:
        return
    items = [wrong] if isinstance(wrong, Mapping | str) else wrong
    names = [[generations.of_tag(item)] if isinstance(item, str) else entries_with(cls, item) for item in items]
    end_after_commit(chain.from_iterable(names), using)
