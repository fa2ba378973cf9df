import assert from "node:assert/strict";
import { afterEach, test } from "vitest";
import { describeChange } from "./change";
import { setClockAhead } from "./clock";
import { setLanguage } from "./language/active";
import { setRegional } from "./regional";
import {
  ago,
  compact,
  day,
  dayRange,
  exact,
  fileSize,
  minorUnits,
  moment,
  money,
  plural,
  signed,
  signedPercent,
  unitLabel,
  unitSuffix,
} from "./format";

test("compact numbers use en-US suffixes and no false precision", () => {
  assert.equal(compact(1_912_345), "1.9M");
  assert.equal(compact(160_400), "160.4K");
  assert.equal(compact(9_999), "9,999");
  assert.equal(compact(12.34), "12.3");
  assert.equal(compact(-15_000), "−15K");
});

test("a missing value is a dash, never a zero", () => {
  assert.equal(compact(null), "–");
  assert.equal(exact(undefined), "–");
  assert.equal(signedPercent(null), "–");
  assert.equal(compact(0), "0");
});

test("a change has a sign, except at zero", () => {
  assert.equal(signedPercent(9.13), "+9.1%");
  assert.equal(signedPercent(-0.04), "0.0%");
  assert.equal(signedPercent(-12), "−12.0%");
  assert.equal(signed(1200), "+1,200");
  assert.equal(signed(0), "0");
});

test("a small base shows the absolute change", () => {
  assert.deepEqual(describeChange(9, 3, "previous 28 days"), {
    text: "+6",
    direction: "up",
    note: "vs 3 in the previous 28 days",
  });
  assert.equal(describeChange(1100, 1000, "previous 28 days").text, "+10.0%");
  assert.equal(describeChange(null, 1000, "previous 28 days", "not yet collected").note, "not yet collected");
});

test("days are UTC days", () => {
  assert.equal(day("2026-10-31"), "31 Oct 2026");
  assert.equal(dayRange("2026-10-04", "2026-10-31"), "4 Oct – 31 Oct 2026");
  assert.equal(dayRange("2025-12-30", "2026-01-02"), "30 Dec 2025 – 2 Jan 2026");
  assert.equal(moment("2026-10-31T06:00:00Z"), "31 Oct 2026, 06:00 UTC");
});

test("ages and countdowns", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  assert.equal(ago("2026-11-22T09:00:00Z", now), "3 hours ago");
  assert.equal(ago("2026-12-04T12:00:01Z", now), "in 12 days");
  assert.equal(ago("2026-11-22T11:59:30Z", now), "just now");
  assert.equal(ago(null, now), "never");
});

test.each([
  ["2026-08-31T12:00:00Z", "2026-11-30T12:00:00Z", "3 months ago"],
  ["2026-08-31T12:00:00Z", "2026-11-30T11:59:00Z", "90 days ago"],
  ["2026-11-30T12:00:00Z", "2027-02-28T12:00:00Z", "3 months ago"],
  ["2026-01-01T00:00:00Z", "2026-12-31T23:00:00Z", "11 months ago"],
  ["2024-02-29T12:00:00Z", "2026-02-28T12:00:00Z", "2 years ago"],
  ["2027-03-31T12:00:00Z", "2026-12-31T12:00:00Z", "in 3 months"],
  ["2027-01-18T12:00:00Z", "2026-11-27T12:00:00Z", "in 52 days"],
])("months are those of the calendar: %s seen on %s", (iso, now, expected) => {
  assert.equal(ago(iso, Date.parse(now)), expected);
});

test("a rank has no unit", () => {
  assert.equal(unitSuffix(3, "rank"), "");
  assert.equal(unitSuffix(3, "streams"), "streams");
});

test("units, money, sizes and counts", () => {
  assert.equal(minorUnits(12.55, "EUR"), 1255);
  assert.equal(money(minorUnits(1200, "JPY"), "JPY"), "¥1,200");
  assert.equal(unitLabel(1, "people"), "person");
  assert.equal(unitLabel(2, "streams"), "streams");
  assert.equal(unitLabel(1, "streams"), "stream");
  assert.equal(money(123_456, "EUR"), "€1,234.56");
  assert.equal(money(500, "JPY"), "¥500");
  assert.equal(money(null, "EUR"), "–");
  assert.equal(fileSize(1536), "1.5 KB");
  assert.equal(fileSize(5 * 1024 ** 3), "5 GB");
  assert.equal(fileSize(0), "0 B");
  assert.equal(plural(1, "row"), "1 row");
  assert.equal(plural(1200, "row"), "1,200 rows");
});

test("the installation's clock moves how long ago something was", () => {
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
  setClockAhead(7200);
  assert.equal(ago(inAnHour), "1 hour ago");
  setClockAhead(0);
});

const USUAL = { time_zone: "UTC", currency: "EUR", week_start: "monday", number_form: "language" } as const;
afterEach(async () => {
  setRegional(USUAL);
  await setLanguage("en");
});

test("numbers have the separators of the reader's choice in every language", async () => {
  const forms = { comma_point: "1,234,567.5", point_comma: "1.234.567,5", apostrophe_point: "1’234’567.5" } as const;
  for (const [number_form, written] of Object.entries({ ...forms, space_comma: "1\u202f234\u202f567,5" } as const)) {
    setRegional({ ...USUAL, number_form: number_form as keyof typeof forms });
    for (const language of ["en", "de"] as const) {
      await setLanguage(language);
      assert.equal(exact(1_234_567.5), written);
    }
  }
  setRegional({ ...USUAL, number_form: "point_comma" });
  await setLanguage("en");
  assert.equal(compact(1_912_345), "1,9M");
  assert.equal(signedPercent(9.13), "+9,1%");
  assert.equal(money(123_456, "EUR"), "€1.234,56");
  assert.equal(exact(-1234), "−1.234");
});

test("a moment is written in the reader's time zone, and a day is the same in every zone", () => {
  setRegional({ ...USUAL, time_zone: "Europe/Berlin" });
  assert.equal(moment("2026-10-31T23:30:00Z"), "1 Nov 2026, 00:30 CET");
  assert.equal(day("2026-10-31T23:30:00Z"), "1 Nov 2026");
  assert.equal(day("2026-10-31"), "31 Oct 2026");
  setRegional({ ...USUAL, time_zone: "America/New_York" });
  assert.equal(day("2026-10-31"), "31 Oct 2026");
});
