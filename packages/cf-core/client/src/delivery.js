// One event on its way to the server, repeated with the same request id until its outcome is known.

import { UNREACHED } from "./problems.js";

/** First pause between two repeats; it doubles. Milliseconds. */
export const FIRST_DELAY = 400;

/** So often an event is sent before the user is asked. */
export const ATTEMPTS = 4;

/** So often a server that is still busy with the event is asked for its answer. */
export const PATIENCE = 20;

/**
 * Resolves to the final answer. `post(isRepeat)` sends once and resolves to an answer, which may have a
 * `problem`; it throws only when the event was aborted. `renew()` fetches a new CSRF token, `hold(problem)`
 * shows the failure and resolves when it is worth another try.
 */
export async function deliver(post, renew, hold) {
  let renewed;
  for (let isRepeat = false, tries = 0; ; isRepeat = true) {
    const answer = await post(isRepeat);
    const { code, retryAfter } = answer.problem ?? {};
    const isBusy = code === "in_progress";
    if (code === "csrf_failed" && !renewed) {
      await renew((renewed = true));
    } else if (!isBusy && code !== UNREACHED) {
      return answer;
    } else if (++tries < (isBusy ? PATIENCE : ATTEMPTS) && navigator.onLine) {
      await new Promise((resolve) => setTimeout(resolve, isBusy ? retryAfter * 1000 || 1000 : FIRST_DELAY * 2 ** (tries - 1)));
    } else {
      await hold(answer.problem);
      tries = 0;
    }
  }
}
