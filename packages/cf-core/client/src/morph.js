// The rules of the one morph through which every string of the server reaches the page.

import { rootOf } from "./roots.js";

/** Element -> attributes as the server last said them. What differs from it in the page, a script or the user did. */
const said = new WeakMap();
let morphing;
let before;

const say = (element, fresh) => said.set(element, new Map(Array.from(fresh.attributes, ({ name, value }) => [name, value])));

/** Notes what the server says about all elements below a page or fragment. */
export function note(scope) {
  for (const element of scope.querySelectorAll("*")) say(element, element);
}

/** Before `old` takes the form of `fresh`: false leaves it and all below it as it is. */
export function beforeNode(old, fresh) {
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
export function beforeAttribute(element, name, value) {
  return name === "data-cf-state" || morphing !== element || !before || (before.get(name) ?? null) !== value;
}
