// @vitest-environment node
import { readFileSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parse, TYPE, type MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import { describe, expect, test } from "vitest";
import { LANGUAGES } from "@/lib/language/languages";

type Messages = { [key: string]: string | Messages };

const files = ["app", "components", "features", "lib"].flatMap((folder) =>
  readdirSync(join(import.meta.dirname, folder), { recursive: true, encoding: "utf8" }).map((path) =>
    join(folder, path),
  ),
);
const catalogues = [...new Set(files.filter((path) => path.endsWith(".json")).map(dirname))];

const read = (path: string) => readFileSync(join(import.meta.dirname, path), "utf8");

function texts(messages: Messages, before = ""): [string, string][] {
  return Object.entries(messages).flatMap(([key, text]) =>
    typeof text === "string" ? [[before + key, text] as [string, string]] : texts(text, `${before}${key}.`),
  );
}

const catalogue = (folder: string, language: string) =>
  new Map(texts(JSON.parse(read(`${folder}/${language}.json`)) as Messages));

/** What the code must give: "count:number", "link:tag". */
function values(parts: MessageFormatElement[]): string[] {
  return parts.flatMap((part) => {
    switch (part.type) {
      case TYPE.literal:
      case TYPE.pound:
        return [];
      case TYPE.tag:
        return [`${part.value}:tag`, ...values(part.children)];
      case TYPE.plural:
        return [`${part.value}:number`, ...Object.values(part.options).flatMap((option) => values(option.value))];
      case TYPE.number:
        return [`${part.value}:number`];
      case TYPE.select:
        return [`${part.value}:select`, ...Object.values(part.options).flatMap((option) => values(option.value))];
      default:
        return [`${part.value}:text`];
    }
  });
}

const needed = (text: string) => [...new Set(values(parse(text)))].sort();

test("there are catalogues, each in a folder named messages", () => {
  expect(catalogues.length).toBeGreaterThan(0);
  expect(catalogues.filter((folder) => basename(folder) !== "messages")).toEqual([]);
});

/** Values before a plural that are never 1: periods to choose from, and limits. */
const NEVER_ONE = [
  "components shortcuts.days",
  "components form.atMost",
  "features/home roster.note",
  "features/home roster.days",
  "features/home row.against",
  "features/home basis.sum",
  "features/home basis.gain",
  "features/metrics breakdown.days",
  "features/metrics tiles.all",
  "features/money unitsTable.latest",
  "features/money rows.first",
  "features/roster period.days",
];
const COUNTS = /^(age|calls|characters|count|days|limit|listeners|more|streams|weeks)$/;
const PLURAL_NOUN = /^[ \u00a0](?:\p{Ll}+ )?\p{Ll}{2,}s\b/u;
const SAME_IN_BOTH = /^ (?:series|ms|is|was|has|as|unchanged)\b/;

/** The numbers of an English message with a plural noun after them that stays a plural after 1. */
function disagreeing(parts: MessageFormatElement[]): string[] {
  return parts.flatMap((part, at) => {
    if (part.type === TYPE.plural || part.type === TYPE.select)
      return Object.values(part.options).flatMap((option) => disagreeing(option.value));
    const next = parts[at + 1];
    const isNumber = part.type === TYPE.number || (part.type === TYPE.argument && COUNTS.test(part.value));
    if (!isNumber || next?.type !== TYPE.literal) return [];
    return PLURAL_NOUN.test(next.value) && !SAME_IN_BOTH.test(next.value) ? [`{${part.value}}${next.value}`] : [];
  });
}

test("a noun after a number agrees with it", () => {
  const wrong = catalogues.flatMap((folder) =>
    [...catalogue(folder, "en")]
      .filter(([key]) => !NEVER_ONE.includes(`${dirname(folder)} ${key}`))
      .flatMap(([key, text]) => disagreeing(parse(text)).map((found) => `${dirname(folder)} ${key}: ${found}`)),
  );
  expect(disagreeing(parse("{count, number} new stories"))).toHaveLength(1);
  expect(disagreeing(parse("{count, plural, one {# story} other {# stories}}"))).toEqual([]);
  expect(wrong).toEqual([]);
});

describe.each(catalogues)("%s", (folder) => {
  const english = catalogue(folder, "en");

  test.each(LANGUAGES.filter((language) => language !== "en"))("in %s has the same keys and values", (language) => {
    const other = catalogue(folder, language);
    expect([...other.keys()]).toEqual([...english.keys()]);
    const wrong = [...english].filter(([key, text]) => {
      const translation = other.get(key)!;
      return !translation.trim() || String(needed(translation)) !== String(needed(text));
    });
    expect(wrong.map(([key]) => key)).toEqual([]);
  });

  test("every message is used", () => {
    const users = files.filter((path) => /\.tsx?$/.test(path) && isUser(path, folder)).map(read);
    const code = users.join("\n");
    const beginnings = [...code.matchAll(/`([\w.]*)\$\{[^`]*?\}([\w.]*)/g)].map(([, before, after]) => [
      before!,
      after!,
    ]);
    const unused = [...english.keys()].filter(
      (key) =>
        !code.includes(`"${key}"`) &&
        !beginnings.some(([before, after]) => before && key.startsWith(before) && key.endsWith(after!)),
    );
    expect(unused).toEqual([]);
  });
});

/** A file that may use the catalogue: of its feature, or any that imports it by its name. */
function isUser(path: string, folder: string): boolean {
  if (path.startsWith(`${dirname(folder)}/`)) return true;
  return read(path).includes(`"@/${folder}"`);
}
