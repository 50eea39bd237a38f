// The adapter to htmx 4: the only file that names its events, its contexts and its inner workings.

import { componentOf, wakeAll } from "./components.js";
import { deliver } from "./delivery.js";
import { keepInputs, keepOwnFields, sentValues, takeBack, watchTyping } from "./fields.js";
import { DROP, MAX_WAITING } from "./lane.js";
import { beforeAttribute, beforeNode, note } from "./morph.js";
import { readProblem } from "./problems.js";
import { newRid } from "./rid.js";
import { freshCopy, rootOf } from "./roots.js";
import { text } from "./texts.js";
import { showToast } from "./toasts.js";
import { loginUrl, ownUrl } from "./urls.js";

const MORPH = "outerMorph";
/** One try may take so many milliseconds. */
const TRY_MS = 60000;
let settings;

/** Takes part in htmx's requests. `given` is the data of the script tag. */
export function connect(given) {
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
export function dispatch(element, name, payload = {}) {
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
