import assert from "node:assert/strict";
import { test } from "node:test";
import { newRid } from "../src/rid.js";
import { loadTexts, text } from "../src/texts.js";

test("request ids are long, plain and never the same", () => {
  const rids = Array.from({ length: 1000 }, newRid);
  for (const rid of rids) assert.match(rid, /^[A-Za-z0-9_-]{16,}$/);
  assert.equal(new Set(rids).size, 1000);
});

test("texts come from the server; without one the key itself is shown", () => {
  loadTexts('{"retry": "Nochmal", "__proto__": {"dismiss": "x"}}');
  assert.equal(text("retry"), "Nochmal");
  assert.equal(text("dismiss"), "dismiss");
});
