import assert from "node:assert/strict";
import { test } from "node:test";
import { readProblem } from "../src/problems.js";

const JSON_TYPE = { "Content-Type": "application/json; charset=utf-8" };
const HTML_TYPE = { "Content-Type": "text/html" };

function read(status, headers, body = "", redirected = false) {
  return readProblem("me", { status, headers: new Headers(headers), redirected }, body);
}

test("answers that the component shows itself are no problems", () => {
  assert.equal(read(200, HTML_TYPE), undefined);
  assert.equal(read(204, {}), undefined);
  for (const status of [409, 422]) assert.equal(read(status, { ...HTML_TYPE, "X-Component": "me" }), undefined);
});

test("an error page, or the render of another component, is a problem", () => {
  assert.equal(read(500, HTML_TYPE, "<h1>").code, "http_500");
  assert.equal(read(422, { ...HTML_TYPE, "X-Component": "other" }).code, "http_422");
});

test("JSON says what is wrong", () => {
  const body = JSON.stringify({ code: "rate_limited", error: "Too fast", retry_after: 3, status: 1 });
  const problem = read(429, { ...JSON_TYPE, "Retry-After": "3", "X-Component": "me" }, body);
  assert.deepEqual([problem.status, problem.code, problem.error, problem.retryAfter], [429, "rate_limited", "Too fast", 3]);
});

test("nothing in a body reaches a prototype", () => {
  const problem = read(422, JSON_TYPE, '{"code": "invalid", "__proto__": {"polluted": 1}, "errors": {"__proto__": ["x"]}}');
  assert.equal({}.polluted, undefined);
  assert.equal(problem.code, "invalid");
});

test("without an answer, or with a gateway's, the outcome is unknown", () => {
  assert.equal(readProblem().code, "network");
  for (const status of [502, 503, 504]) assert.equal(read(status, HTML_TYPE, "gateway").code, "network");
  assert.equal(read(503, JSON_TYPE, '{"code": "unavailable"}').code, "unavailable");
});

test("broken JSON, or JSON that is no object, is still a problem", () => {
  assert.equal(read(400, JSON_TYPE, '{"code": "mal').code, "http_400");
  assert.equal(read(400, JSON_TYPE, "null").code, "http_400");
  assert.equal(read(400, JSON_TYPE, '"text"').code, "http_400");
});

test("another page behind a redirect is not the component", () => {
  assert.equal(read(200, HTML_TYPE, "<h1>Log in", true).code, "http_200");
  assert.equal(read(200, { ...HTML_TYPE, "X-Component": "me" }, "<div>", true), undefined);
});
