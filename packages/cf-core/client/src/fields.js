// What the user typed: which of it an event carries, and which of it a new render must not overwrite.

import { rootOf } from "./roots.js";

const CONTROLS = "input,select,textarea";
const typed = new WeakSet();

/** Notes every control that the user changes. */
export function watchTyping() {
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
export function keepOwnFields(body, form, controls, root, fixed = {}) {
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
export function sentValues(controls, root) {
  return new Map(controls.filter((control) => rootOf(control) === root).map((control) => [control, control[part(control)]]));
}

/** True while a control still has the value that the event carried. */
const isSent = ({ sent }, control) => sent?.has(control) && sent.get(control) === control[part(control)];

/** A box or list that made an event which the server refused shows again what the server says. */
export function takeBack(event, root) {
  const { source } = event;
  if (isSent(event, source) && (isBox(source) || source.options)) reset(source, root);
}

/**
 * Keeps focus, caret and what the user typed through a morph: call it before, and what it returns afterwards.
 * A value that the event carried and that has not changed since is the server's to change: all of them after
 * an accepted submit, else only that of the control which made the event.
 */
export function keepInputs(target, event) {
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
