// What a refused or failed event is called.

/** The code of an event whose outcome is not known: it may or may not have been applied. */
export const UNREACHED = "network";

/**
 * The problem that an answer stands for, or undefined if the component can show the answer itself.
 * `answer` is a response and `text` its body; both are missing when no answer came.
 */
export function readProblem(componentId, answer, text) {
  if (!answer) return { status: 0, code: UNREACHED };
  const { status, headers, redirected } = answer;
  const isMine = headers.get("X-Component") === componentId;
  const isJson = /json/.test(headers.get("Content-Type"));
  // A log-in page that a middleware redirected to is not the component.
  if (status < 400 ? isMine || !redirected : isMine && !isJson) return;
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    // Somebody's error page.
  }
  return {
    code: /50[234]/.test(status) ? UNREACHED : "http_" + status,
    retryAfter: +headers.get("Retry-After"),
    ...body,
    status,
  };
}
