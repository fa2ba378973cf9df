import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import type { CampaignDetail } from "@/lib/api/types";
import { answerWith } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { CampaignDialog } from "./campaign-dialog";
import { Costs } from "./costs";

const CAMPAIGN = {
  id: "campaign-1",
  artist_id: "artist-1",
  artist_name: "Velvet Harbor",
  name: "Radio in November",
  goal_metric: "consumption.streams",
  goal_metric_name: "Streams",
  goal_provider: "spotify",
  goal_target: null,
  budget_minor: 120_050,
  currency: "EUR",
  starts_on: "2026-11-01",
  ends_on: "2026-11-14",
  notes: "",
  money_null_reason: null,
  costs: [{ id: "cost-1", spent_on: "2026-11-03", amount_minor: 4_550, note: "posters" }],
} as unknown as CampaignDetail;

const GOAL = { provider: "spotify", provider_name: "Spotify", metric: "consumption.streams", name: "Streams" };

function answer() {
  const sent: [string, string, unknown][] = [];
  answerWith(async (path, request) => {
    if (request.method !== "GET") {
      sent.push([request.method, path, request.method === "DELETE" ? null : await request.json()]);
      return { body: CAMPAIGN };
    }
    return { body: { items: path.endsWith("/goals") ? [GOAL] : [], next_cursor: null } };
  });
  return sent;
}

test("of an edited campaign only what was changed is sent", async () => {
  const sent = answer();
  renderPage(<CampaignDialog campaign={CAMPAIGN} onClose={() => undefined} />);
  const name = screen.getByRole<HTMLInputElement>("textbox", { name: "Name" });
  expect(name.value).toBe("Radio in November");
  expect(screen.getByRole<HTMLInputElement>("spinbutton", { name: "Budget" }).value).toBe("1200.5");
  fireEvent.change(name, { target: { value: "Radio" } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent).toEqual([["PATCH", "/api/campaigns/campaign-1", { name: "Radio" }]]));
});

test("a cost is corrected in its place, and removed after a question", async () => {
  const sent = answer();
  renderPage(<Costs campaign={CAMPAIGN} />, ["money:write"]);
  fireEvent.click(screen.getByRole("button", { name: "Edit the cost of 3 Nov 2026 for posters" }));
  fireEvent.change(screen.getByRole("spinbutton", { name: "Amount, EUR" }), { target: { value: "54.50" } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  const corrected = { spent_on: "2026-11-03", amount_minor: 5_450, note: "posters" };
  await waitFor(() => expect(sent).toEqual([["PUT", "/api/campaigns/campaign-1/costs/cost-1", corrected]]));
  await userEvent.click(await screen.findByRole("button", { name: "Remove the cost of 3 Nov 2026 for posters" }));
  await userEvent.click(await screen.findByRole("button", { name: "Remove the cost" }));
  await waitFor(() => expect(sent.at(-1)).toEqual(["DELETE", "/api/campaigns/campaign-1/costs/cost-1", null]));
});

test("who may not write money sees the costs only", () => {
  answer();
  renderPage(<Costs campaign={CAMPAIGN} />, ["money:read" as never]);
  screen.getByText("posters");
  expect(screen.queryByRole("button")).toBeNull();
});
