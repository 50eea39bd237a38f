// Builds what ships from the sources: `npm run build` writes, `npm run check` fails on any difference or on size.
//
// component-client.js is the modules one after the other, comments and all, in one function: what a person
// reads in the browser is what stands in src/. component-client.min.js is the same through a minifier.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { transform } from "esbuild";
import { minify } from "terser";

/** Bytes, gzip -9, for all that the client will ever do. */
const MAX_GZIP_BYTES = 5 * 1024;

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "../src/cf_core/static/cf_core");
const IMPORT = /^import \{[^}]*\} from "(\.\/[\w.]+)";\n+/gm;

/** The modules that main.js needs, each after those that it imports. */
function modules(name = "./main.js", seen = new Map()) {
  if (seen.has(name)) return seen;
  seen.set(name, "");
  const source = readFileSync(join(here, "src", name), "utf8");
  for (const [, imported] of source.matchAll(IMPORT)) modules(imported, seen);
  const body = source.replace(IMPORT, "").replace(/^export /gm, "");
  if (/^(import|export)\b/m.test(body)) throw new Error(`${name}: only \`import {...} from "./x.js"\` and \`export\` before a declaration.`);
  seen.delete(name);
  return seen.set(name, body);
}

function readable() {
  const parts = [...modules()].map(([name, body]) => `// ---- ${name.slice(2)}\n\n${body}`);
  const inside = parts.join("\n").replace(/^(?=.)/gm, "  ");
  return `// component-client.js, the browser client of cf-core. Built from packages/cf-core/client; do not edit here.\n(() => {\n  "use strict";\n\n${inside}})();\n`;
}

/** Names of the script's own objects, which nobody outside sees: they may be as short as the minifier likes. */
const PRIVATE =
  /^(is[A-Z]\w+|has[A-Z]\w+|component|events|pauses|advance|enter|leave|refuse|rivals|showBusy|begin|timer|wake|sent|cfKept|part|element|cfIsReloaded|problem|words)$/;

async function smallest(source) {
  const compress = { passes: 3, pure_getters: true, unsafe_arrows: true };
  const mangle = { properties: { regex: PRIVATE } };
  // `let` compresses better than two words for the same thing.
  const plain = source.replace(/\bconst /g, "let ");
  const passes = [
    plain,
    (await transform(plain, { minify: true, target: "es2022" })).code,
  ].flatMap((text) => [
    minify(text, { ecma: 2022, compress, mangle }),
    minify(text, { ecma: 2022, compress: { ...compress, inline: 1, conditionals: false, if_return: false, arrows: false }, mangle }),
  ]);
  const candidates = (await Promise.all(passes)).map((result) => result.code);
  return candidates.sort((a, b) => packed(a) - packed(b))[0].trimEnd() + "\n";
}

const packed = (text) => gzipSync(text, { level: 9 }).length;

/** htmx as it came from npm, its licence, and what to compare it with. */
function vendored() {
  const root = join(here, "node_modules/htmx.org");
  const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const script = readFileSync(join(root, "dist/htmx.min.js"));
  const digest = (kind, form) => createHash(kind).update(script).digest(form);
  const origin = {
    name,
    version,
    file: "dist/htmx.min.js",
    sha256: digest("sha256", "hex"),
    sha384: digest("sha384", "hex"),
    integrity: `sha384-${digest("sha384", "base64")}`,
  };
  return {
    "vendor/htmx.min.js": script,
    "vendor/htmx.LICENSE": readFileSync(join(root, "LICENSE")),
    "vendor/htmx.json": JSON.stringify(origin, null, 2) + "\n",
  };
}

const source = readable();
const small = await smallest(source);
const files = { "component-client.js": source, "component-client.min.js": small, ...vendored() };

const size = packed(small);
console.log(`component-client.min.js: ${small.length} bytes, ${size} with gzip -9 (at most ${MAX_GZIP_BYTES})`);
let failed = size > MAX_GZIP_BYTES;
if (failed) console.error("component-client.min.js is too large.");

const isCheck = process.argv.includes("--check");
for (const [name, content] of Object.entries(files)) {
  const path = join(target, name);
  if (!isCheck) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    continue;
  }
  let found;
  try {
    found = readFileSync(path);
  } catch {
    // Reported as a difference.
  }
  if (!found?.equals(Buffer.from(content))) {
    failed = true;
    console.error(`${relative(process.cwd(), path)} differs from its source: run \`npm run build\` and commit the result.`);
  }
}
process.exitCode = failed ? 1 : 0;
