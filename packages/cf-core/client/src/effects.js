// What a handler asked for besides HTML: words, focus, messages, events for other components.

import { allRoots, rootOf } from "./roots.js";
import { announce, showToast } from "./toasts.js";

/** The level of Django's messages from which they are errors. */
const ERROR = 40;

/** Listens for the effects, which arrive as DOM events; `dispatch(root, event, payload)` reaches a component. */
export function watchEffects(dispatch) {
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
