import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { ATTEMPTS, FIRST_DELAY, PATIENCE, deliver } from "../src/delivery.js";

const line = { onLine: true };
Object.defineProperty(globalThis, "navigator", { value: line, configurable: true });

beforeEach(() => {
  line.onLine = true;
});

/** Delivers through a server that answers with these problems one after the other; null is a good answer. */
async function run(problems, holds = []) {
  const log = [];
  const delays = [];
  const timer = mock.method(globalThis, "setTimeout", (act, delay) => {
    delays.push(delay);
    queueMicrotask(act);
  });
  const answer = await deliver(
    async (isRepeat) => {
      log.push(isRepeat ? "repeat" : "send");
      const problem = problems.shift() ?? null;
      return { problem };
    },
    async () => log.push("renew"),
    async (problem) => {
      log.push("hold " + problem.code);
      holds.shift()?.();
    },
  );
  timer.mock.restore();
  return { answer, log, delays };
}

const lost = { code: "network", status: 0 };

test("a good answer is final", async () => {
  const { answer, log } = await run([null]);
  assert.equal(answer.problem, null);
  assert.deepEqual(log, ["send"]);
});

test("a known refusal is final", async () => {
  for (const code of ["forbidden", "internal", "rate_limited", "unavailable", "state_expired", "http_404"]) {
    const { answer, log } = await run([{ code }]);
    assert.equal(answer.problem.code, code);
    assert.deepEqual(log, ["send"]);
  }
});

test("a broken line is tried again with growing pauses, then the user is asked, then again", async () => {
  const { log, delays } = await run(Array(ATTEMPTS + 1).fill(lost));
  assert.deepEqual(log, ["send", ...Array(ATTEMPTS - 1).fill("repeat"), "hold network", "repeat", "repeat"]);
  assert.deepEqual(delays, [1, 2, 4, 1].map((factor) => FIRST_DELAY * factor));
});

test("without a connection nothing is tried in vain", async () => {
  line.onLine = false;
  const { log, delays } = await run([lost, lost, null]);
  assert.deepEqual(log, ["send", "hold network", "repeat", "hold network", "repeat"]);
  assert.deepEqual(delays, []);
});

test("a server that is still busy is asked when it says, for a long while", async () => {
  const busy = { code: "in_progress", retryAfter: 2 };
  const { log, delays } = await run([busy, { code: "in_progress" }, ...Array(PATIENCE).fill(busy)]);
  assert.equal(log.filter((entry) => entry === "hold in_progress").length, 1);
  assert.deepEqual(delays.slice(0, 3), [2000, 1000, 2000]);
});

test("a refused CSRF token is renewed once", async () => {
  const refused = { code: "csrf_failed" };
  assert.deepEqual((await run([refused, null])).log, ["send", "renew", "repeat"]);
  const { answer, log } = await run([refused, refused]);
  assert.equal(answer.problem, refused);
  assert.deepEqual(log, ["send", "renew", "repeat"]);
});

test("an aborted event is not repeated", async () => {
  const aborted = new DOMException("", "AbortError");
  await assert.rejects(
    deliver(async () => {
      throw aborted;
    }),
    aborted,
  );
});
