// Move the inline scripts of each exported page to the beginning of its head: after a style sheet they would wait for it,
// and so would what they request. Their text stays, so that the policy's hashes do.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const OUT = new URL("./out/", import.meta.url);
const CHARSET = '<meta charSet="utf-8"/>';
const INLINE = /<script>[^]*?<\/script>/g;

for (const name of readdirSync(OUT, { recursive: true })) {
  if (!name.endsWith(".html")) continue;
  const file = new URL(encodeURI(name), OUT);
  const page = readFileSync(file, "utf8");
  const [from, to] = [page.indexOf("<head>") + "<head>".length, page.indexOf("</head>")];
  const head = page.slice(from, to);
  if (!head.includes(CHARSET)) throw new Error(`${name} has no head like that of the other pages`);
  const scripts = head.match(INLINE) ?? [];
  const rest = head.replace(INLINE, "").replace(CHARSET, "");
  writeFileSync(file, [page.slice(0, from), CHARSET, ...scripts, rest, page.slice(to)].join(""));
}
