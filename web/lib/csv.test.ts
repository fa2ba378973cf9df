import { describe, expect, it } from "vitest";
import { toCsv } from "./csv";

describe("toCsv", () => {
  it("keeps numbers and quotes what needs it", () => {
    expect(
      toCsv([
        ["day", 'a "b", c', null],
        ["2026-03-01", -1.5, undefined],
      ]),
    ).toBe('day,"a ""b"", c",\n2026-03-01,-1.5,\n');
  });

  it.each(["=1+1", "+1", "-1", "@SUM(1)", "\t=1", " =1", "＝1+1"])("lets no spreadsheet run %j", (name) => {
    expect(toCsv([[name]])).toBe(`'${name}\n`);
  });

  it("keeps a line break inside of its cell", () => {
    expect(toCsv([["a\r=1"]])).toBe('"a\r=1"\n');
    expect(toCsv([["\r=1"]])).toBe('"\'\r=1"\n');
  });
});
