// component-client.js, the browser client of cf-core. Built from packages/cf-core/client; do not edit here.
(() => {
  "use strict";

  // ---- roots.js

  // Where a component begins. Ids come from templates, so they are compared and never used as keys or selectors.

  const STAMPED = "[data-cf-component]";

  /** The root of the component that an element belongs to: the outermost element with the nearest stamp's id. */
  function rootOf(element) {
    let root = element?.closest?.(STAMPED);
    for (let outer = root; (outer = outer?.parentElement?.closest(STAMPED)); ) {
      if (outer.dataset.cfId === root.dataset.cfId) root = outer;
    }
    return root;
  }

  /** All component roots below a document, fragment or element. */
  function allRoots(scope = document) {
    return [...scope.querySelectorAll(STAMPED)].filter((element) => rootOf(element) === element);
  }

  /** The root that carries a component id, or undefined. */
  function rootById(id) {
    return allRoots().find((root) => root.dataset.cfId === id);
  }

  /**
   * The copy of a component in a freshly loaded page: the one with the same DOM id, else the one at the
   * same place among the roots of that component.
   */
  function freshCopy(page, part) {
    const alike = (scope) => allRoots(scope).filter((root) => root.dataset.cfComponent === part.dataset.cfComponent);
    return allRoots(page).find((root) => root.id && root.id === part.id) ?? alike(page)[alike().indexOf(part)];
  }

  // ---- texts.js

  // The words that users see. The server sends them in the page's language; here are only their keys.

  let texts = {};

  /** Takes the JSON text of data-cf-texts. */
  function loadTexts(json) {
    texts = JSON.parse(json);
  }

  /** The text of a key, which is always one of the script's own. */
  function text(key) {
    return texts[key] ?? key;
  }

  // ---- toasts.js

  // Short messages in a corner of the page, and words for screen readers only.

  /** A message that is no error goes by itself after so many milliseconds. */
  const SHOWN_MS = 7000;

  function add(parent, name, className, words) {
    const element = document.createElement(name);
    element.className = className;
    element.textContent = words;
    parent.append(element);
    return element;
  }

  /** A live region: screen readers speak only what changes in one that was there before. */
  function region(className) {
    const found = document.querySelector("." + className) ?? add(document.body, "div", className, "");
    found.role = "status";
    return found;
  }

  function openRegions() {
    region("cf-toasts");
    region("cf-live");
  }

  /** Speaks words through the screen reader, and shows nothing. */
  function announce(words) {
    const live = region("cf-live");
    live.textContent = "";
    // The same words again are spoken only if the region was empty in between.
    setTimeout(() => (live.textContent = words), 50);
  }

  /** Shows a message; returns a function that takes it away. An error stays until the user dismisses it. */
  function showToast(words, level, retry, seconds) {
    const list = region("cf-toasts");
    for (const old of [...list.children]) if (old.words === words) old.remove();
    const toast = add(list, "div", "cf-toast", "");
    const hide = () => toast.remove();
    toast.words = words;
    toast.dataset.level = level;
    const line = add(toast, "span", "", words);
    const tick = () => {
      line.textContent = words.replace("{time}", seconds < 100 ? seconds + " s" : Math.ceil(seconds / 60) + " min");
      if (seconds--) setTimeout(tick, 1000);
      else hide();
    };
    for (const [key, act] of [["retry", retry], ["dismiss", hide]]) {
      if (act) add(toast, "button", "cf-toast-" + key, text(key)).onclick = () => act(hide());
    }
    if (seconds) {
      tick();
      // Spoken once: a number that changes in a live region would be read out every second.
      announce(line.textContent);
      line.role = "timer";
    } else if (level === "error") toast.role = "alert";
    else setTimeout(hide, SHOWN_MS);
    return hide;
  }

  // ---- effects.js

  // What a handler asked for besides HTML: words, focus, messages, events for other components.

  /** The level of Django's messages from which they are errors. */
  const ERROR = 40;

  /** Listens for the effects, which arrive as DOM events; `dispatch(root, event, payload)` reaches a component. */
  function watchEffects(dispatch) {
    const on = (name, act) => document.addEventListener("component:" + name, ({ detail, target }) => act(detail, target));
    on("announce", ({ text }) => announce(text));
    on("focus", ({ id }) => document.getElementById(id)?.focus());
    on("messages", (messages) => messages.forEach(({ text, level, tags }) => showToast(text, level < ERROR ? tags : "error")));
    on("emit", (events, source) => {
      for (const { name, payload } of events) {
        (rootOf(source) ?? document).dispatchEvent(new CustomEvent(name, { detail: payload, bubbles: true }));
        for (const root of allRoots()) {
          for (const [heard, handler] of Object.entries(JSON.parse(root.dataset.cfListens ?? "{}"))) {
            if (heard === name) dispatch(root, handler, payload);
          }
        }
      }
    });
  }

  // ---- lane.js

  // The events of one component: one runs at a time, the others wait in the order in which they were made.

  /** So many events may wait behind the running one; the next is refused with a visible error. */
  const MAX_WAITING = 50;

  /** No pause that a server asks for is longer, or clicks would wait unseen. Seconds. */
  const MAX_PAUSE = 60;

  /**
   * A trigger's queue mode is data-cf-sync: "queue" (or nothing), "latest" or "drop". An author's own hx-sync
   * is read as the mode that comes nearest, because the lane stands in for htmx's queue.
   */
  const LATEST = /latest|replace|last/;
  const DROP = /drop|abort|first/;

  class Lane {
    /** The running event first, then those that wait. */
    events = [];
    pauses = 0;

    /** Resolves when it is the event's turn; rejects when a newer event takes its place. */
    enter(event) {
      for (const other of this.rivals(event)) if (!other.hasBegun) other.refuse(new DOMException("", "AbortError"), this.leave(other));
      return new Promise((start, refuse) => {
        Object.assign(event, { start, refuse });
        this.events.push(event);
        this.advance();
      });
    }

    /** Ends an event, whatever became of it, and lets the next one run. Harmless when repeated. */
    leave(event) {
      this.events = this.events.filter((other) => other !== event);
      this.advance();
    }

    /** Sends nothing for a while. */
    pause(seconds) {
      this.pauses++;
      setTimeout(() => this.advance(this.pauses--), Math.min(seconds, MAX_PAUSE) * 1000);
    }

    advance() {
      const [next] = this.events;
      if (next && !this.pauses && !next.hasBegun) next.start((next.hasBegun = true));
    }

    /** The other events of a trigger of which only the newest matters. */
    rivals(event) {
      return this.events.filter((other) => LATEST.test(event.mode) && other.mode === event.mode && other.name === event.name && other !== event);
    }
  }

  // ---- components.js

  // The components of the page that have an event under way.

  /** After so many milliseconds a component shows that it waits. */
  const BUSY_MS = 150;
  const known = new Set();

  class Component extends Lane {
    /** The root as it stands now: a render may have put another element there, or given it a new id. */
    get root() {
      if (!this.element.isConnected) this.element = rootById(this.id) ?? this.element;
      this.id = this.element.dataset.cfId;
      return this.element;
    }

    /** Waits for an event's turn. */
    begin(event) {
      this.timer ??= setTimeout(() => this.showBusy(true), BUSY_MS);
      return this.enter(event);
    }

    /** An event is over, whatever became of it. */
    end(event) {
      this.leave(event);
      if (this.events.length) return;
      this.timer = clearTimeout(this.timer);
      this.showBusy(false);
      if (!this.pauses) known.delete(this);
    }

    showBusy(isBusy) {
      this.root.toggleAttribute("data-cf-busy", isBusy);
      this.root.ariaBusy = isBusy || null;
    }
  }

  /** What is known about the component of a root: made when first needed, forgotten when nothing is under way. */
  function componentOf(root) {
    for (const component of known) if (component.root === root) return component;
    const component = Object.assign(new Component(), { element: root });
    known.add(component);
    return component;
  }

  /** Every event that is held back for want of a connection tries again. */
  function wakeAll() {
    for (const component of known) component.wake?.();
  }

  // ---- problems.js

  // What a refused or failed event is called.

  /** The code of an event whose outcome is not known: it may or may not have been applied. */
  const UNREACHED = "network";

  /**
   * The problem that an answer stands for, or undefined if the component can show the answer itself.
   * `answer` is a response and `text` its body; both are missing when no answer came.
   */
  function readProblem(componentId, answer, text) {
    if (!answer) return { status: 0, code: UNREACHED };
    const { status, headers, redirected } = answer;
    const isMine = headers.get("X-Component") === componentId;
    const isJson = /json/.test(headers.get("Content-Type"));
    // A log-in page that a middleware redirected to is not the component.
    if (status < 400 ? isMine || !redirected : isMine && !isJson) return;
    let body;
    try {
      body = JSON.parse(text);
    } catch {
      // Somebody's error page.
    }
    return {
      code: /50[234]/.test(status) ? UNREACHED : "http_" + status,
      retryAfter: +headers.get("Retry-After"),
      ...body,
      status,
    };
  }

  // ---- delivery.js

  // One event on its way to the server, repeated with the same request id until its outcome is known.

  /** First pause between two repeats; it doubles. Milliseconds. */
  const FIRST_DELAY = 400;

  /** So often an event is sent before the user is asked. */
  const ATTEMPTS = 4;

  /** So often a server that is still busy with the event is asked for its answer. */
  const PATIENCE = 20;

  /**
   * Resolves to the final answer. `post(isRepeat)` sends once and resolves to an answer, which may have a
   * `problem`; it throws only when the event was aborted. `renew()` fetches a new CSRF token, `hold(problem)`
   * shows the failure and resolves when it is worth another try.
   */
  async function deliver(post, renew, hold) {
    let renewed;
    for (let isRepeat = false, tries = 0; ; isRepeat = true) {
      const answer = await post(isRepeat);
      const { code, retryAfter } = answer.problem ?? {};
      const isBusy = code === "in_progress";
      if (code === "csrf_failed" && !renewed) {
        await renew((renewed = true));
      } else if (!isBusy && code !== UNREACHED) {
        return answer;
      } else if (++tries < (isBusy ? PATIENCE : ATTEMPTS) && navigator.onLine) {
        await new Promise((resolve) => setTimeout(resolve, isBusy ? retryAfter * 1000 || 1000 : FIRST_DELAY * 2 ** (tries - 1)));
      } else {
        await hold(answer.problem);
        tries = 0;
      }
    }
  }

  // ---- fields.js

  // What the user typed: which of it an event carries, and which of it a new render must not overwrite.

  const CONTROLS = "input,select,textarea";
  const typed = new WeakSet();

  /** Notes every control that the user changes. */
  function watchTyping() {
    document.addEventListener("input", ({ target }) => typed.add(target), true);
  }

  const isBox = (control) => /^(checkbox|radio)$/.test(control.type);

  /** What the user can change of a control. */
  const part = (control) => (isBox(control) ? "checked" : "value");

  /** Shows what the server's HTML says. */
  function reset(control, root) {
    if (isBox(control)) {
      for (const box of root.querySelectorAll("input")) {
        if (box === control || (box.type === "radio" && box.name === control.name)) box.checked = box.defaultChecked;
      }
    } else if (control.options) for (const option of control.options) option.selected = option.defaultSelected;
    else control.value = control.defaultValue;
  }

  /**
   * Takes the fields of other components out of a body: a child stands inside its parent's form, or a parent's
   * form around it. `fixed` holds what hx-vals set; those names are no fields. Unticked boxes are named beside it.
   */
  function keepOwnFields(body, form, controls, root, fixed = {}) {
    const others = controls.filter((control) => control.name && rootOf(control) !== root && !Object.hasOwn(fixed, control.name));
    const names = others.map((control) => control.name);
    // Without a name a control stays out of what the browser collects.
    for (const control of others) control.name = "";
    const own = new FormData(form ?? undefined);
    others.forEach((control, at) => (control.name = names[at]));
    for (const name of names) {
      body.delete(name);
      for (const value of own.getAll(name)) body.append(name, value);
    }
    // A browser does not send a box without a tick: the server is told that it was there.
    const unchecked = controls.filter((box) => box.matches("[type=checkbox][name]:enabled:not(:checked)") && rootOf(box) === root);
    if (unchecked.length) body.set("_unchecked", unchecked.map((box) => box.name).join(" "));
  }

  /** The values that an event carries, those of earlier answers too: a map from control to value. */
  function sentValues(controls, root) {
    return new Map(controls.filter((control) => rootOf(control) === root).map((control) => [control, control[part(control)]]));
  }

  /** True while a control still has the value that the event carried. */
  const isSent = ({ sent }, control) => sent?.has(control) && sent.get(control) === control[part(control)];

  /** A box or list that made an event which the server refused shows again what the server says. */
  function takeBack(event, root) {
    const { source } = event;
    if (isSent(event, source) && (isBox(source) || source.options)) reset(source, root);
  }

  /**
   * Keeps focus, caret and what the user typed through a morph: call it before, and what it returns afterwards.
   * A value that the event carried and that has not changed since is the server's to change: all of them after
   * an accepted submit, else only that of the control which made the event.
   */
  function keepInputs(target, event) {
    const active = document.activeElement;
    const { selectionStart, selectionEnd } = active;
    const hadFocus = target.contains(active);
    const isAccepted = event.isSubmit && event.status === 200;
    const kept = [];
    for (const control of target.querySelectorAll(CONTROLS)) {
      const isAnswered = isSent(event, control) && (isAccepted || control === event.source);
      if (isAnswered) typed.delete(control);
      if (isAnswered || typed.has(control) || control === active) kept.push([control, control[part(control)], isAnswered]);
    }
    return (root) => {
      /** The same control, or the one that the morph put in its place. */
      const find = (old) =>
        old.isConnected
          ? old
          : [...root.querySelectorAll(CONTROLS)].find((now) => now.name === old.name && (!isBox(old) || now.value === old.value));
      for (const [old, value, isAnswered] of kept) {
        const now = find(old);
        if (!now) continue;
        if (isAnswered && (isAccepted || isBox(now) || now.options || (now !== active && now.hasAttribute("value")))) reset(now, root);
        else if (now[part(now)] !== value && !now.files) now[part(now)] = value;
        if (typed.has(old)) typed.add(now);
      }
      // An element that says autofocus and has just come may take the focus; nothing else may.
      if (!hadFocus || document.activeElement.autofocus) return;
      const now = find(active);
      now?.focus({ preventScroll: true });
      if (selectionStart != null) now?.setSelectionRange(selectionStart, selectionEnd);
    };
  }

  // ---- morph.js

  // The rules of the one morph through which every string of the server reaches the page.

  /** Element -> attributes as the server last said them. What differs from it in the page, a script or the user did. */
  const said = new WeakMap();
  let morphing;
  let before;

  const say = (element, fresh) => said.set(element, new Map(Array.from(fresh.attributes, ({ name, value }) => [name, value])));

  /** Notes what the server says about all elements below a page or fragment. */
  function note(scope) {
    for (const element of scope.querySelectorAll("*")) say(element, element);
  }

  /** Before `old` takes the form of `fresh`: false leaves it and all below it as it is. */
  function beforeNode(old, fresh) {
    const id = old.getAttribute("data-cf-id");
    // A component inside another is its own master: it stays, be it a placeholder in the new render or in full.
    // So do slot contents that the page put in; their placeholder goes by the DOM id.
    if (fresh.getAttribute("data-cf-keep") === (id ?? old.id)) return false;
    if (id && id === fresh.getAttribute("data-cf-id") && fresh.parentElement && rootOf(old) === old) return false;
    if (old.isContentEditable && old === document.activeElement) return false;
    morphing = old;
    before = said.get(old);
    say(old, fresh);
    // The morph does not descend where old and new are equal, yet the server has said all of it again.
    const children = [...fresh.children];
    if (children.length === old.children.length && children.every((child, at) => child.isEqualNode(old.children[at]))) {
      const elements = old.querySelectorAll("*");
      fresh.querySelectorAll("*").forEach((element, at) => say(elements[at], element));
    }
  }

  /** Before an attribute is set or (null) removed: false when the server says the same as before. */
  function beforeAttribute(element, name, value) {
    return name === "data-cf-state" || morphing !== element || !before || (before.get(name) ?? null) !== value;
  }

  // ---- rid.js

  /** A request id: 128 random bits in digits, made once for a click and kept through every repeat of it. */
  function newRid() {
    return crypto.getRandomValues(new Uint32Array(4)).join("-");
  }

  // ---- urls.js

  // Where a server's answer may send the browser: nowhere but to its own origin.

  /** The URL, parsed, or undefined if it is none of ours. */
  function ownUrl(url) {
    // Browsers skip these characters, so "java\nscript:" has to be read the way they read it.
    const plain = `${url}`.replace(/[\0-\x20]/g, "");
    // A scheme needs its slashes: "http:evil" would be a path of ours.
    if (!/^(\/|\?|https?:\/\/)/i.test(plain) || !URL.canParse(plain, location)) return;
    const target = new URL(plain, location);
    if (target.origin === location.origin) return target;
  }

  /** The log-in page that brings the user back to where they are, or undefined. */
  function loginUrl(url) {
    const target = ownUrl(url);
    target?.searchParams.set("next", location.pathname + location.search);
    return target;
  }

  // ---- htmx4.js

  // The adapter to htmx 4: the only file that names its events, its contexts and its inner workings.

  const MORPH = "outerMorph";
  /** One try may take so many milliseconds. */
  const TRY_MS = 60000;
  let settings;

  /** Takes part in htmx's requests. `given` is the data of the script tag. */
  function connect(given) {
    settings = given;
    const on = (name, act) => document.addEventListener("htmx:" + name, (event) => act(event.detail.ctx, event));
    on("config:request", configure);
    on("before:response", guard);
    on("before:swap", beforeSwap);
    on("after:swap", (ctx) => ctx.cfKept?.forEach((restore) => restore()));
    on("finally:request", settle);
    watchTyping();
    note(document);
    addEventListener("online", () => showOffline(false, wakeAll()));
    addEventListener("offline", () => showOffline(true));
    showOffline(!navigator.onLine);
    // This script comes first, so that htmx cannot send an event before it listens.
    if (window.htmx) start();
    else addEventListener("DOMContentLoaded", start);
  }

  function start() {
    const version = window.htmx?.version;
    if (!/^4\./.test(version)) return console.error("cf_core needs htmx 4, found", version);
    htmx.registerExtension("component", {
      htmx_before_morph_node: (old, { newNode }) => beforeNode(old, newNode),
      htmx_before_morph_attr: (element, { attrName, newValue }) => beforeAttribute(element, attrName, newValue),
    });
  }

  /** Sends an event to a component as a click in it would; resolves to true when it was applied. */
  function dispatch(element, name, payload = {}) {
    const root = rootOf(element);
    const url = settings.cfEndpoint.replace("__name__", encodeURIComponent(root.dataset.cfComponent));
    const body = new URLSearchParams({ event: name, payload: JSON.stringify(payload) });
    return issue({ name, url, body, rid: newRid(), component: componentOf(root), source: root, target: root, swap: MORPH });
  }

  /** Lets htmx make the request of an event that no trigger made: a dispatch, or a retry with its old id. */
  async function issue({ ...event }) {
    const source = event.component.root;
    const target = event.target.isConnected ? event.target : source;
    // Not a user's submit: the browser's validation of a form would stop it without a word.
    const trigger = { submitter: { formNoValidate: true } };
    await htmx.ajax("POST", event.url, { source, target, swap: event.swap, event: trigger, cf: event });
    return !!event.status;
  }

  /** htmx has collected a request: if it is a component's event, take it over. */
  function configure(ctx, htmxEvent) {
    const { request, sourceElement: source, cf } = ctx;
    const { body } = request;
    const root = cf ? source : rootOf(source);
    const name = body.get("_event") ?? body.get("event");
    if (cf?.part) ctx.fetch = loadPage;
    if (request.method === "GET") return;
    request.headers["X-CSRFToken"] = settings.cfCsrf;
    if (!root || request.method !== "POST" || !(cf || name)) return;

    const component = componentOf(root);
    const event = (ctx.cf ??= { name, url: request.action, rid: newRid(), source });
    if (!event.body) {
      const controls = request.form ? [...request.form.elements] : [source, ...source.querySelectorAll("[name]")];
      event.mode = source.dataset.cfSync ?? source.getAttribute("hx-sync");
      event.sent = sentValues(controls, root);
      event.isSubmit = ctx.sourceEvent.type === "submit";
      keepOwnFields(body, request.form, controls, root, ctx.vals);
      // Without a target of its own the answer is the component; htmx would put it inside the button.
      if (!ctx.target || ctx.target === source) ctx.target = root;
      if (ctx.target === root && !/^(none|del)/.test(ctx.swap)) ctx.swap = ctx.swap.replace(/^[^\s:]+(?=\s|$)|^/, MORPH + " ");
    }
    Object.assign(event, { component, root, target: ctx.target, swap: ctx.swap });
    const { events, pauses } = component;
    const isFull = events.length > MAX_WAITING;
    if (isFull) report(event, { status: 0, code: "queue_full", error: text("full") });
    if (isFull || (DROP.test(event.mode) && (events[0] || pauses))) return htmxEvent.preventDefault();
    component.wake?.();
    // The lane is the queue: htmx's own loses its place when a render removes the element that was clicked.
    for (let holder = source; holder; holder = holder === root ? null : holder.parentElement) {
      if (holder._htmx_state) holder._htmx_state.rq = null;
    }
    // htmx's time-out would count the waiting too, and end the repeats.
    request.timeout = 0;
    ctx.fetch = (url, init) => send(ctx, event, url, init);
  }

  /** Stands in for fetch: waits for the event's turn, has it delivered, and acts on a refusal. */
  async function send(ctx, event, url, init) {
    const { component, rid } = event;
    const { signal } = init;
    const body = (event.body ??= init.body);

    /** Sends once. Resolves to {response, words, problem}; throws only if the request was aborted. */
    const post = async (isRepeat) => {
      const { cfState, cfId } = component.root.dataset;
      if (cfState) body.set("_state", cfState);
      body.set("_rid", rid);
      if (isRepeat || event.isRetry) body.set("_retry", 1);
      const headers = { ...init.headers, "X-Component": cfId, "X-CSRFToken": settings.cfCsrf };
      try {
        const response = await fetch(url, { ...init, body, headers, signal: AbortSignal.any([signal, AbortSignal.timeout(TRY_MS)]) });
        // The connection may still break while the answer arrives; that too has to be repeated.
        const words = await response.text();
        response.text = () => words;
        showOffline(false);
        return { response, words, problem: readProblem(cfId, response, words) };
      } catch (error) {
        if (signal.aborted) throw error;
        return { problem: readProblem() };
      }
    };

    /** Shows that the server cannot be reached; resolves when something speaks for another try. */
    const hold = async (problem) => {
      let hide;
      showOffline(true);
      await new Promise((resolve) => {
        component.wake = resolve;
        hide = report(event, { ...problem, error: text(navigator.onLine ? "network" : "offline") }, resolve);
      });
      component.wake = hide?.();
    };

    signal.addEventListener("abort", () => event.refuse(signal.reason, component.wake?.()));
    await component.begin(event);
    const { response, words, problem } = await deliver(post, renewCsrf, hold);
    const { root } = component;
    const { status, headers } = response;
    if (!problem) {
      root.cfIsReloaded = false;
      event.status = status;
      const token = headers.get("X-Component-State") ?? /data-cf-state=["']?([\w.:-]+)/.exec(words)?.[1];
      if (token && headers.get("X-Component") === component.id) root.dataset.cfState = token;
      if (component.rivals(event)[0]) ctx.swap = "none";
      return response;
    }
    ctx.swap = "none";
    response.text = () => "";
    takeBack(event, root);
    if (status === 429) component.pause((problem.retryAfter ||= 1));
    // The server no longer takes the page's token: only a fresh copy of the component helps.
    const isStale = (status === 410 || problem.code === "state_invalid") && !root.cfIsReloaded;
    const isOurs = report(event, problem, () => issue({ ...event, isRetry: true, hasBegun: false, part: null }), isStale);
    if (!isOurs || !isStale) return response;
    // A second time it is an error.
    root.cfIsReloaded = true;
    ctx.swap = MORPH;
    ctx.target = event.part = root;
    return loadPage();
  }

  /**
   * Tells the page about a problem. Unless a listener prevents it: log-in, or a message.
   * Returns what takes the message away, or nothing if a listener has dealt with the problem.
   */
  function report(event, problem, retry, isMute) {
    const { status, errors } = problem;
    const error = [problem.error ?? text(status < 500 ? "refused" : "server"), ...Object.values(errors ?? {}).flat()].join(" ");
    const detail = { ...problem, error, retry, xhr: { status } };
    // Both are fired, whatever the first one's listeners say.
    const isOurs = emit(event, "component:error", detail) & emit(event, "htmx:responseError", detail);
    const login = status === 401 && loginUrl(problem.login_url);
    if (!isOurs) return;
    if (login) location = login;
    if (isMute || login) return true;
    if (status === 429) return showToast(error + "\n" + text("wait"), "warning", 0, problem.retryAfter);
    return showToast(error, "error", (!/^4/.test(status) || problem.code === "in_progress") && retry);
  }

  function emit({ component: { root } }, name, detail) {
    return (root.isConnected ? root : document).dispatchEvent(new CustomEvent(name, { detail, bubbles: true, cancelable: true }));
  }

  async function renewCsrf() {
    try {
      settings.cfCsrf = (await (await fetch(settings.cfCsrfUrl)).json()).csrf;
    } catch {
      // The repeat will be refused again, and that is shown.
    }
  }

  /** Loads this page anew, as a person would; some part of it replaces a stale one. */
  async function loadPage() {
    let page = new Response();
    let words = "";
    try {
      page = await fetch(location, { cache: "no-store" });
      words = await page.text();
    } catch {
      // In nothing no fresh copy is found, and that is said.
    }
    // Styles and scripts would be judged by this page's nonce, which is not theirs.
    page.text = () => words.replace(/<(head|style|script)\b[^]*?<\/\1>/gi, "");
    return page;
  }

  /** An answer is there and not yet swapped. */
  function guard(ctx) {
    const { cf: event, hx } = ctx;
    if (!event?.component) return;
    const { root } = event.component;
    // Other URLs cannot lead away: the history and fetch take none but this origin's.
    if (hx.redirect && !ownUrl(hx.redirect)) hx.redirect = "";
    if (ctx.target === event.root) ctx.target = root;
    // A waiting event whose element has gone speaks for the root from now on.
    if (!ctx.sourceElement.isConnected) ctx.sourceElement = root;
  }

  function beforeSwap(ctx, { detail: { tasks } }) {
    const event = ctx.cf ?? {};
    const { part } = event;
    if (part) {
      const [main] = tasks;
      const copy = main && freshCopy(main.fragment, part);
      tasks.length = copy ? 1 : 0;
      main?.fragment.replaceChildren(copy ?? "");
      showToast(text(copy ? "refreshed" : "reload"), copy ? "info" : "error");
    }
    ctx.cfKept = [];
    for (const { fragment, target, swapSpec } of tasks) {
      note(fragment);
      if (!target || swapSpec.style !== MORPH) continue;
      for (const node of [...fragment.childNodes]) if (node.nodeType !== 1) node.remove();
      // htmx recognises the root by its id.
      const id = fragment.firstChild?.getAttribute("id");
      if (id) target.setAttribute("id", id);
      // htmx gives the focus to [autofocus] after every swap; only elements that come anew may have it.
      for (const element of target.querySelectorAll("[autofocus]")) element.autofocus = false;
      const restore = keepInputs(target, part ? {} : event);
      ctx.cfKept.push(() => restore(target.isConnected ? target : (event.component?.root ?? document)));
    }
  }

  /** The one htmx event that always comes, whatever became of the request. */
  function settle({ cf: event }) {
    const component = event?.component;
    if (!component) return;
    const { root } = component;
    if (event.status === 409) emit(event, "component:conflict");
    // A child that the server believes to be here and that is not: its place is filled from a fresh page.
    for (const part of root.querySelectorAll("[data-cf-keep]")) {
      part.removeAttribute("data-cf-keep");
      htmx.ajax("GET", location.href, { source: part, target: part, swap: MORPH, cf: { part } });
    }
    component.end(event);
  }

  function showOffline(isOffline) {
    document.documentElement.toggleAttribute("data-cf-offline", isOffline);
  }

  // ---- main.js

  // The start: what {% component_scripts %} wrote on the script tag, and the one public name, window.cf.

  const written = { ...document.currentScript.dataset };

  loadTexts(written.cfTexts);
  openRegions();
  connect(written);
  watchEffects(dispatch);

  window.cf = {
    /**
     * Sends an event to a component, named by an element in it, its root's DOM id or its component id.
     * Resolves to true when the server applied it; a refusal has been shown and is a component:error event.
     */
    dispatch(elementOrId, event, payload) {
      const isId = typeof elementOrId === "string";
      return dispatch(isId ? (document.getElementById(elementOrId) ?? rootById(elementOrId)) : elementOrId, event, payload);
    },
  };
})();
