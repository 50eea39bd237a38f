import assert from "node:assert/strict";
import { test } from "node:test";
import { DROP, LATEST, Lane, MAX_PAUSE } from "../src/lane.js";

/** A lane that writes down which events began. */
function recorded() {
  const lane = new Lane();
  const begun = [];
  const enter = (name, mode, rid = name) => {
    const event = { name, mode, rid };
    lane.enter(event).then(
      () => begun.push(rid),
      () => begun.push("-" + rid),
    );
    return event;
  };
  return { lane, begun, enter };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("one event runs at a time, in order", async () => {
  const { lane, begun, enter } = recorded();
  const events = ["a", "b", "c"].map((name) => enter(name));
  await settled();
  assert.deepEqual(begun, ["a"]);
  lane.leave(events[0]);
  lane.leave(events[0]);
  await settled();
  assert.deepEqual(begun, ["a", "b"]);
  lane.leave(events[1]);
  lane.leave(events[2]);
  await settled();
  assert.deepEqual(begun, ["a", "b", "c"]);
  assert.deepEqual(lane.events, []);
});

test("an event that ends before its turn leaves no gap", async () => {
  const { lane, begun, enter } = recorded();
  const [first, second] = ["a", "b", "c"].map((name) => enter(name));
  lane.leave(second);
  lane.leave(first);
  await settled();
  assert.deepEqual(begun, ["a", "c"]);
});

test("of latest events only the newest waits, and others keep their places", async () => {
  const { lane, begun, enter } = recorded();
  const first = enter("search", "latest", "1");
  enter("search", "latest", "2");
  const other = enter("save", undefined, "3");
  enter("search", "latest", "4");
  await settled();
  assert.deepEqual(begun, ["1", "-2"]);
  assert.equal(lane.rivals(first).length, 1);
  lane.leave(first);
  lane.leave(other);
  await settled();
  assert.deepEqual(begun, ["1", "-2", "3", "4"]);
});

test("latest leaves other triggers alone", async () => {
  const { lane, begun, enter } = recorded();
  enter("a", "queue", "1");
  enter("b", "queue", "2");
  const event = enter("b", "latest", "3");
  assert.deepEqual(lane.rivals(event), []);
  const other = enter("c", "latest", "4");
  assert.deepEqual(lane.rivals(other), []);
  await settled();
  assert.deepEqual(begun, ["1"]);
  assert.deepEqual(lane.events.map(({ rid }) => rid), ["1", "2", "3", "4"]);
});

test("a number behind latest keeps triggers of one event apart", async () => {
  const { lane, enter } = recorded();
  enter("save", undefined, "1");
  enter("look", "latest 7", "2");
  const other = enter("look", "latest 8", "3");
  assert.deepEqual(lane.rivals(other), []);
  await settled();
  assert.deepEqual(lane.events.map(({ rid }) => rid), ["1", "2", "3"]);
});

test("a pause holds back what waits, and no longer than a minute", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { lane, begun, enter } = recorded();
  lane.leave(enter("a"));
  lane.pause(2);
  lane.pause(5000);
  enter("b");
  context.mock.timers.tick(2000);
  await settled();
  assert.deepEqual(begun, ["a"]);
  context.mock.timers.tick(MAX_PAUSE * 1000 - 2000);
  await settled();
  assert.deepEqual(begun, ["a", "b"]);
});

test("an author's hx-sync is read as the nearest mode", () => {
  const modes = { latest: ["latest", "this:replace", "closest form:queue last"], drop: ["drop", "this:abort", "queue first"] };
  for (const mode of modes.latest) assert.ok(LATEST.test(mode) && !DROP.test(mode), mode);
  for (const mode of modes.drop) assert.ok(DROP.test(mode) && !LATEST.test(mode), mode);
  for (const mode of ["queue", "this:queue all", null, undefined]) assert.ok(!DROP.test(mode) && !LATEST.test(mode));
});
