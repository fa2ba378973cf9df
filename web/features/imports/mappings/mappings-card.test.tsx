import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { answerWith } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { MappingsCard } from "./mappings-card";

const MAPPING = {
  id: "mapping-1",
  source: "own.linkfire",
  header: ["Day", "Clicks"],
  options: {},
  saved_at: "2026-11-20T09:00:00Z",
};

test("a kept mapping is shown by the name of its source and forgotten after a question", async () => {
  let mappings = [MAPPING];
  const sent: string[] = [];
  answerWith((path, request) => {
    if (path === "/api/sources") return { body: { items: [{ slug: "own.linkfire", name: "Linkfire", own: true }] } };
    if (request.method === "DELETE") {
      sent.push(path);
      mappings = [];
    }
    return { body: mappings };
  });
  renderPage(<MappingsCard />);
  fireEvent.click(await screen.findByRole("button", { name: "Forget the mapping of Linkfire (Day, Clicks)" }));
  const dialog = await screen.findByRole("dialog", { name: "Forget how Linkfire is read?" });
  fireEvent.click(within(dialog).getByRole("button", { name: "Forget" }));
  await waitFor(() => expect(sent).toEqual(["/api/import-mappings/mapping-1"]));
  await waitFor(() => expect(screen.queryByText("Column mappings")).toBeNull());
});
