import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { answerWith } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { OrgRegion, OwnRegion } from "./regional-cards";

function answer() {
  const sent: [string, string, unknown][] = [];
  answerWith(async (path, request) => {
    sent.push([request.method, path, await request.json()]);
    return { body: {} };
  });
  return sent;
}

test("a person chooses a time zone and a form of numbers over those of the organisation", async () => {
  const sent = answer();
  renderPage(<OwnRegion />);
  const zone = screen.getByRole("combobox", { name: "Time zone" });
  expect(zone).toHaveProperty("value", "");
  await userEvent.selectOptions(zone, "Europe/Berlin");
  await userEvent.selectOptions(screen.getByRole("combobox", { name: "Form of numbers" }), "1.234,5");
  await waitFor(() => expect(sent).toHaveLength(2));
  expect(sent).toEqual([
    ["PATCH", "/auth/me", { time_zone: "Europe/Berlin" }],
    ["PATCH", "/auth/me", { number_form: "point_comma" }],
  ]);
});

test("an admin sets the first day of the organisation's week, and others only read it", async () => {
  const sent = answer();
  const { unmount } = renderPage(<OrgRegion />, ["org:manage"]);
  const week = screen.getByRole("combobox", { name: "First day of a week" });
  expect(screen.queryByRole("option", { name: "As the organisation" })).toBeNull();
  await userEvent.selectOptions(week, "Sunday");
  await waitFor(() => expect(sent).toEqual([["PATCH", "/api/orgs/current", { week_start: "sunday" }]]));
  unmount();
  renderPage(<OrgRegion />, ["roster:read"]);
  for (const choice of screen.getAllByRole("combobox")) expect(choice).toHaveProperty("disabled", true);
});
