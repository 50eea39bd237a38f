// Short messages in a corner of the page, and words for screen readers only.

import { text } from "./texts.js";

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

export function openRegions() {
  region("cf-toasts");
  region("cf-live");
}

/** Speaks words through the screen reader, and shows nothing. */
export function announce(words) {
  const live = region("cf-live");
  live.textContent = "";
  // The same words again are spoken only if the region was empty in between.
  setTimeout(() => (live.textContent = words), 50);
}

/** Shows a message; returns a function that takes it away. An error stays until the user dismisses it. */
export function showToast(words, level, retry, seconds) {
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
