import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { loginUrl, ownUrl } from "../src/urls.js";

const HERE = "https://shop.example/a/b?q=1#part";

function at(here) {
  globalThis.location = new URL(here);
}

afterEach(() => at(HERE));
at(HERE);

test("paths and addresses of this origin are ours", () => {
  assert.equal(ownUrl("/x?y=1").href, "https://shop.example/x?y=1");
  assert.equal(ownUrl("?page=2").href, "https://shop.example/a/b?page=2");
  assert.equal(ownUrl("https://shop.example/x").href, "https://shop.example/x");
  assert.equal(ownUrl("HTTPS://SHOP.example/x").href, "https://shop.example/x");
  assert.equal(ownUrl("\t/x\n").href, "https://shop.example/x");
});

const FOREIGN = [
  "//evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "\t//evil.example",
  "/\t/evil.example",
  "https://evil.example/",
  "https://shop.example@evil.example/",
  "https://shop.example.evil.example/",
  "http://shop.example/",
  "https://shop.example:444/",
  "javascript:alert(1)",
  "java\nscript:alert(1)",
  "\u0000javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "data:text/html,x",
  "blob:https://shop.example/1",
  "http:evil",
  "https:evil",
  "https://",
  "",
  undefined,
  null,
];

for (const url of FOREIGN) {
  test(`${JSON.stringify(url)} is not ours`, () => {
    assert.equal(ownUrl(url), undefined);
    assert.equal(loginUrl(url), undefined);
  });
}

test("http:evil is no path of ours where the page itself is http", () => {
  at("http://shop.example/a");
  assert.equal(ownUrl("http:evil"), undefined);
});

test("log-in leads back to where the user is", () => {
  assert.equal(loginUrl("/login/").href, "https://shop.example/login/?next=%2Fa%2Fb%3Fq%3D1");
  assert.equal(loginUrl("/login/?next=/old&x=1").href, "https://shop.example/login/?next=%2Fa%2Fb%3Fq%3D1&x=1");
});
