// The components of the page that have an event under way.

import { Lane } from "./lane.js";
import { rootById } from "./roots.js";

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
export function componentOf(root) {
  for (const component of known) if (component.root === root) return component;
  const component = Object.assign(new Component(), { element: root });
  known.add(component);
  return component;
}

/** Every event that is held back for want of a connection tries again. */
export function wakeAll() {
  for (const component of known) component.wake?.();
}
