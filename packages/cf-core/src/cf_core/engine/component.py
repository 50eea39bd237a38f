"""The class that authors derive from: state, events, rendering."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import BaseModel

from .addresses import local_url
from .arguments import Arguments
from .calls import Answer, Call, Effects, Policy, StateSnapshot
from .codec import TypeTable
from .controls import Verdicts, would_refuse
from .drivers import run_async, run_sync
from .errors import ComponentDefinitionError, ComponentError
from .events import EventHandler, collect_events, collect_frame_events, promised_attributes
from .extensions import APP_ATTRIBUTES, extensions
from .lifecycle import perform
from .ports import Renderer, Steps, translate
from .rendering import render_alone
from .shapes import check_state, type_table
from .slots import SlotContent
from .stamp import Stamp, checked_id
from .state import Child, StateToken


class Component:
    """A piece of a page with its own state and events, rendered and run on the server.

    The lifecycle calls `mount` on the first render and `hydrate` before every event, then `on_<event>`, then
    renders. Class attributes say how; see docs/reference/component.md for each.
    """

    component_name: ClassVar[str] = ""
    """The registered name; set by `registry.register`."""
    template_name: ClassVar[str | None] = None
    """Default: `components/<registered name>.html`."""
    renderer: ClassVar[Renderer | None] = None
    """Default: the project's template engine."""
    slots: ClassVar[Sequence[str]] = ()
    """Names of the places that other components or HTML may fill."""
    permission_classes: ClassVar[Sequence[Any] | None] = None
    """None: not declared here; the project's DEFAULT_PERMISSION_CLASSES hold."""
    public_params: ClassVar[Sequence[str]] = ()
    """Params that a bare request to the generic endpoint may name; all others are the server's to give."""
    locked_fields: ClassVar[Sequence[str]] = ()
    """State keys that never leave the server: they stay in a cache, under a key in the token."""
    listens: ClassVar[Mapping[str, str]] = {}
    """{name emitted by another component: event of this one}."""
    state_schema: ClassVar[type[BaseModel] | None] = None
    """A pydantic model that the state is checked against when it is restored and sealed."""
    state_version: ClassVar[int] = 1
    """Raise it when the shape of the state changes, and say in `migrate_state` how old states become new ones."""
    state_types: ClassVar[Sequence[type]] = ()
    """Enums, dataclasses and pydantic models kept in state that the class's module does not name itself."""
    state_store: ClassVar[str | None] = None
    """`"cache"`: the whole state stays on the server; `"token"`: in the page; None: as STATE_STORE says."""
    atomic: ClassVar[bool] = True
    """Whether an event is one transaction; without it a repeated request is recognised by the cache only."""
    using: ClassVar[str] = "default"
    """Database alias of that transaction."""

    _exposes_events: ClassVar[bool] = False
    _events: ClassVar[Mapping[str, EventHandler]] = {}
    _lent_events: ClassVar[Mapping[str, str]] = {}
    """{event: method} that a class of the framework lends to those that derive from it."""
    _frame_events: ClassVar[Mapping[str, str]] = {}
    """{name that begins with `_`: method}: events of the framework's own, which no author's class defines."""
    _frame_handlers: ClassVar[Mapping[str, EventHandler]] = {}
    _takes_payload: ClassVar[bool] = False
    """Whether `_take_payload` reads what an event brings, in place of the lifecycle."""
    _mount_arguments: ClassVar[Arguments]
    _app_attributes: ClassVar[tuple[str, ...]] = ()
    _has_patches: ClassVar[bool] = False
    _verdicts: Verdicts | None = None
    """What permissions said during the render that is going on."""
    _view_method: str | None = None
    """The request's method, while a view is asked about and no event."""
    _types: ClassVar[TypeTable]
    _stamped: ClassVar[Stamp]
    _perform = staticmethod(perform)

    def __init_subclass__(cls, *, exposes_events: bool = True, **kwargs: Any) -> None:
        """Read the class's events and arguments once. `exposes_events=False` is for base classes of a framework."""
        super().__init_subclass__(**kwargs)
        cls._exposes_events = exposes_events
        # Under its parent's name a subclass would have its events run in the parent, under the parent's permissions.
        cls.component_name = cls.__dict__.get("component_name", "")
        cls._events = collect_events(cls)
        cls._frame_handlers = collect_frame_events(cls)
        cls._mount_arguments = Arguments(cls.mount, where=f"{cls.__qualname__}.mount")
        promised = promised_attributes(cls)
        cls._app_attributes = tuple(name for name in APP_ATTRIBUTES if name in promised or getattr(cls, name, None))
        cls._has_patches = cls.get_optimistic_patch is not Component.get_optimistic_patch
        for name, event in cls.listens.items():
            if event not in cls._events:
                raise ComponentDefinitionError(
                    f"{cls.__qualname__}.listens maps {name!r} to {event!r}, but there is no on_{event}."
                )
        for hook in extensions.class_hooks:
            hook(cls)

    def __init__(self, *, component_id: str | None = None, **params: Any) -> None:
        """Make an instance that is not mounted yet; `params` are what `mount` may ask for."""
        self.params: dict[str, Any] = params
        self.state: dict[str, Any] = {}
        self.errors: dict[str, Any] = {}
        self.request: Any = None
        self._event: str | None = None
        self._has_told_event = False
        self.is_mounted = False
        self.revision = 0
        self._id = checked_id(component_id) if component_id is not None else None
        self._fills: dict[str, SlotContent] = {}
        self._children: dict[str, Child] = {}
        self._placed: dict[str, Child] = {}
        self._injected: tuple[str, ...] = ("user",)
        self._token: StateToken | None = None
        self._policy: Policy | None = None
        self._is_rendering = False
        self._undo: list[Callable[[], object]] = []
        self._effects: dict[str, Any] | None = None
        self._renders = True

    # -- what authors override

    if TYPE_CHECKING:
        # Each component names the params that its mount wants, which a signature here would forbid.
        mount: Callable[..., Any]
    else:

        def mount(self) -> Any:
            """Fill the state for the first render. Name the params it wants: `def mount(self, quiz_id: int)`."""

    def hydrate(self, state: dict[str, Any]) -> Any:
        """Take the state back before an event."""
        self.state = state

    def dehydrate(self) -> dict[str, Any]:
        """Return the state that travels."""
        return self.state

    def before_render(self) -> Any:
        """Prepare what only the template needs; called before every render."""

    def get_context(self) -> Mapping[str, Any]:
        """Return further names for the template."""
        return {}

    def get_component_id(self) -> str:
        """Return the id of a new instance; a class whose instances are told apart by their params says so here."""
        return f"c{random.getrandbits(64):016x}"  # a name, no secret: the token is signed

    def get_optimistic_patch(self, event: str, payload: dict[str, Any]) -> dict[str, Any] | None:
        """Return what the state would become by `event`, or None where that cannot be told beforehand."""
        return None

    def migrate_state(self, old: dict[str, Any], version: int) -> dict[str, Any] | None:
        """Return a state of an earlier `state_version` in today's shape, or None to ask for a fresh render."""
        return None

    # -- what handlers call

    def redirect(self, url: str) -> None:
        """Have the browser go to a page of this site."""
        self._want("redirect", local_url(url))

    def push_url(self, url: str) -> None:
        """Show another address of this site in the browser, without going there."""
        self._want("push_url", local_url(url))

    def emit(self, name: str, /, **payload: Any) -> None:
        """Tell the page; components that `listens` for the name get the mapped event."""
        emits: tuple[Any, ...] = (self._effects or {}).get("emits", ())
        self._want("emits", (*emits, (name, payload)))

    def announce(self, text: str) -> None:
        """Have a screen reader say it."""
        self._want("announce", str(text))

    def focus(self, dom_id: str) -> None:
        """Move the focus to the element of that id, once the answer is shown."""
        self._want("focus", dom_id)

    def skip_render(self) -> None:
        """Leave the HTML as it is; only the state moves on."""
        self._renders = False

    def fill_slot(self, name: str, content: SlotContent) -> None:
        """Put a component, or HTML (escaped unless marked safe), into a slot. Raises ComponentDefinitionError."""
        if name not in self.slots:
            expected = ", ".join(self.slots) or "none"
            raise ComponentDefinitionError(
                f"Unknown slot {name!r} for {type(self).__name__}. Expected one of: {expected}."
            )
        self._fills[name] = content

    # -- what templates ask

    def can(self, event: str, obj: Any = None) -> bool:
        """Return whether the permissions would let the user send the event now.

        Asks what the event itself would be asked, and about `obj`, a row for example, where one is given. Raises
        ComponentDefinitionError for an event that there is not.
        """
        return self._refusal(event, obj) is None

    def why_not(self, event: str, obj: Any = None) -> str:
        """Return what the user would be told if the event were refused; an empty text if it would not be."""
        refused = self._refusal(event, obj)
        return "" if refused is None else translate(refused.public)

    async def acan(self, event: str, obj: Any = None) -> bool:
        """Do what `can` does, from async code."""
        return await run_async(would_refuse(self, event, obj)) is None

    # -- how it is run

    @property
    def id(self) -> str:
        """The component's id, the same for all its life."""
        if self._id is None:
            self._id = checked_id(self.get_component_id())
        return self._id

    @property
    def event(self) -> str | None:
        """The event that is asked for; None on the first render."""
        self._has_told_event = True
        return self._event

    @event.setter
    def event(self, event: str | None) -> None:
        self._event = event

    @property
    def user(self) -> Any:
        """The user who asks: the request's, without a request `params["user"]`."""
        request = self.request
        return self.params.get("user") if request is None else getattr(request, "user", None)

    def dispatch(self, event: str | None = None, payload: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Mount (unless done), handle `event`, render. Returns `{"html", "state", "component_id", "slots"}`.

        Raises what the lifecycle refuses with (`cf_core.engine.errors`) and what the handler raises; on a running
        event loop RuntimeError: there it is `await adispatch()`.
        """
        return self._result(run_sync(self._perform(self._call(event, payload)), entry="adispatch()"))

    async def adispatch(self, event: str | None = None, payload: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Do what `dispatch` does, from async code."""
        return self._result(await run_async(self._perform(self._call(event, payload))))

    def render(self) -> str:
        """Return the HTML of the present state, stamped and sealed; checks no permissions: it is for code that may."""
        html: str = run_sync(render_alone(self))
        return html

    @classmethod
    def events(cls) -> Mapping[str, Callable[..., Any]]:
        """Return the events that a client may name, with their handlers."""
        return {name: handler.function for name, handler in cls._events.items()}

    def _call(self, event: str | None, payload: Mapping[str, Any] | None) -> Call:
        return Call(
            self,
            event=event,
            payload=payload or {},
            request=self.request,
            may_mount_for_event=True,
            wants_optimistic=True,
        )

    def _result(self, answer: Answer) -> dict[str, Any]:
        result: dict[str, Any] = {
            "html": answer.html,
            "state": StateSnapshot(answer.state, answer.token, answer.component),
            "component_id": answer.component_id,
            "slots": dict(answer.slots),
        }
        if answer.optimistic is not None:
            result["optimistic"] = answer.optimistic
        return result

    def _want(self, name: str, value: Any) -> None:
        if self._effects is None:
            self._effects = {}
        self._effects[name] = value

    @classmethod
    def _stamp(cls) -> Stamp:
        """Return the attributes of every root of this class, made at first use: the name comes after the class."""
        made: Stamp | None = cls.__dict__.get("_stamped")
        if made is None or made.name != cls.component_name:
            made = cls._stamped = Stamp.of(cls.component_name, cls.__name__, cls.listens)
        return made

    @classmethod
    def _type_table(cls) -> TypeTable:
        """Return the classes that the component may keep in its state. Made at first use, when all modules are read."""
        table: TypeTable | None = cls.__dict__.get("_types")
        if table is None:
            table = cls._types = type_table(cls)
        return table

    def _slot_component(self, name: str) -> Component | None:
        """Return what stands in a slot that nobody filled."""
        return None

    def _take_payload(self, call: Call, handler: EventHandler) -> Steps:
        """Return the handler's arguments; or None, with errors in hand, where the event ends before the handler.

        A generator of steps; asked only where `_takes_payload` says so.
        """
        raise NotImplementedError(f"{type(self).__name__}._takes_payload without a _take_payload")

    def _check_state(self, moment: Literal["restored", "sealed"]) -> None:
        check_state(self, moment)

    def _refusal(self, event: str, obj: Any) -> ComponentError | None:
        refused: ComponentError | None = run_sync(would_refuse(self, event, obj))
        return refused

    def _effects_wanted(self, messages: tuple[dict[str, Any], ...]) -> Effects:
        return Effects(**(self._effects or {}), messages=messages)
