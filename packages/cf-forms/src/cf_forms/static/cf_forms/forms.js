// What forms need besides htmx and component-client.js: that a button gets the click which was meant for it.

(() => {
  "use strict";

  // Pressing a button takes the focus from a field, and a field that is left is validated. Were its answer to put
  // a message above the button between the press and the release, the release would miss the button. So pressing
  // leaves the focus where it is; the click comes first, and the form is validated as a whole anyway.
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest?.("[data-cf-form] button")) event.preventDefault();
  });
})();
