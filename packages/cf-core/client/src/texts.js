// The words that users see. The server sends them in the page's language; here are only their keys.

let texts = {};

/** Takes the JSON text of data-cf-texts. */
export function loadTexts(json) {
  texts = JSON.parse(json);
}

/** The text of a key, which is always one of the script's own. */
export function text(key) {
  return texts[key] ?? key;
}
