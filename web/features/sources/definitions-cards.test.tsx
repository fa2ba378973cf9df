import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { answerWith } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { SourcesCard } from "./definitions-cards";

const LINKFIRE = { slug: "own.linkfire", name: "Linkfire", own: true, series: 2, cadence: "week", time_zone: "UTC" };

test("the numbers of an own source are removed after a question, and a refusal of the API is shown", async () => {
  const sent: string[] = [];
  answerWith((path, request) => {
    if (request.method !== "DELETE") return { body: { items: [LINKFIRE, { ...LINKFIRE, slug: "x", series: 0 }] } };
    sent.push(path);
    return sent.length === 1
      ? { status: 409, body: { error: "conflict", message: "Linkfire has numbers from files." } }
      : { body: null };
  });
  renderPage(<SourcesCard />, ["connections:read", "connections:manage"]);
  const buttons = await screen.findAllByRole("button", { name: "Remove the numbers of Linkfire" });
  expect(buttons).toHaveLength(1); // not of the source without numbers
  fireEvent.click(buttons[0]!);
  const dialog = await screen.findByRole("dialog", { name: "Remove all numbers of Linkfire?" });
  fireEvent.click(within(dialog).getByRole("button", { name: "Remove numbers" }));
  await screen.findByText("Linkfire has numbers from files.");
  fireEvent.click(within(dialog).getByRole("button", { name: "Remove numbers" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(sent).toEqual(Array(2).fill("/api/sources/own.linkfire/observations"));
});
