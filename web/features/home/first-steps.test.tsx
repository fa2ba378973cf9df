import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { renderPage } from "@/testing/render";
import { FirstSteps } from "./first-steps";
import { sampleNumbers } from "./sample-numbers";

const STEPS = [
  { kind: "artist", done: true },
  { kind: "numbers", done: false },
  { kind: "invitation", done: false },
] as const;

test("what is left has a link, what is done has none, and the count is said", async () => {
  const add = vi.fn();
  renderPage(<FirstSteps steps={[...STEPS]} onAddArtist={add} />);
  const card = screen.getByRole("region", { name: "First steps" });
  expect(card.textContent).toContain("1 of 3 done");
  expect(within(card).getByRole("link", { name: "Bring in numbers" }).getAttribute("href")).toMatch(/^\/imports\/?$/);
  expect(within(card).queryByRole("button", { name: "Add an artist" })).toBeNull();
  within(card).getByRole("button", { name: "Try with sample data" });
});

test("the first artist is added where one is; who may not import is offered no sample", async () => {
  const add = vi.fn();
  renderPage(<FirstSteps steps={[{ kind: "artist", done: false }, STEPS[1]]} onAddArtist={add} />, ["roster:write"]);
  await userEvent.click(screen.getByRole("button", { name: "Add an artist" }));
  expect(add).toHaveBeenCalledOnce();
  expect(screen.queryByRole("button", { name: "Try with sample data" })).toBeNull();
});

test("sample numbers end two days ago, hold one row for each day, and are the same twice", () => {
  const now = Date.UTC(2028, 1, 29, 23);
  const [header, ...rows] = sampleNumbers(now).trim().split("\n");
  expect(header).toMatch(/^arti provider,metric,day,value,/);
  const streams = rows.filter((row) => row.includes(",consumption.streams,"));
  expect(new Set(streams.map((row) => row.split(",")[2])).size).toBe(400);
  expect(streams.at(-1)).toContain(",2028-02-27,");
  expect(rows.every((row) => /^spotify,[a-z.]+,\d{4}-\d\d-\d\d,\d+,,,,,,$/.test(row))).toBe(true);
  expect(sampleNumbers(now)).toBe(sampleNumbers(now));
});
