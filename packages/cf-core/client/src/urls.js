// Where a server's answer may send the browser: nowhere but to its own origin.

/** The URL, parsed, or undefined if it is none of ours. */
export function ownUrl(url) {
  // Browsers skip these characters, so "java\nscript:" has to be read the way they read it.
  const plain = `${url}`.replace(/[\0-\x20]/g, "");
  // A scheme needs its slashes: "http:evil" would be a path of ours.
  if (!/^(\/|\?|https?:\/\/)/i.test(plain) || !URL.canParse(plain, location)) return;
  const target = new URL(plain, location);
  if (target.origin === location.origin) return target;
}

/** The log-in page that brings the user back to where they are, or undefined. */
export function loginUrl(url) {
  const target = ownUrl(url);
  target?.searchParams.set("next", location.pathname + location.search);
  return target;
}
