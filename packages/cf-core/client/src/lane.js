// The events of one component: one runs at a time, the others wait in the order in which they were made.

/** So many events may wait behind the running one; the next is refused with a visible error. */
export const MAX_WAITING = 50;

/** No pause that a server asks for is longer, or clicks would wait unseen. Seconds. */
export const MAX_PAUSE = 60;

/**
 * A trigger's queue mode is data-cf-sync: "queue" (or nothing), "latest" or "drop". An author's own hx-sync
 * is read as the mode that comes nearest, because the lane stands in for htmx's queue.
 */
export const LATEST = /latest|replace|last/;
export const DROP = /drop|abort|first/;

export class Lane {
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
