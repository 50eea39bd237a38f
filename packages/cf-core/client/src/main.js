// The start: what {% component_scripts %} wrote on the script tag, and the one public name, window.cf.

import { watchEffects } from "./effects.js";
import { connect, dispatch } from "./htmx4.js";
import { rootById } from "./roots.js";
import { loadTexts } from "./texts.js";
import { openRegions } from "./toasts.js";

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
