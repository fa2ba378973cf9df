import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { answerWith } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { StatementsCard } from "./statements-card";

const PUSHED = {
  id: "statement-1",
  source: "distrokid",
  title: "October sales",
  lines: 120,
  first_month: "2026-10",
  last_month: "2026-10",
  import_id: null,
  entered_by: "user-1",
  created_at: "2026-11-20T09:00:00Z",
};
const IMPORTED = { ...PUSHED, id: "statement-2", title: "", source: "tunecore", import_id: "import-7" };

test("a pushed statement is deleted after a question; one of a file leads to its import", async () => {
  let statements = [PUSHED, IMPORTED];
  const sent: string[] = [];
  answerWith((path, request) => {
    if (request.method === "DELETE") {
      sent.push(path);
      statements = [IMPORTED];
      return { body: null };
    }
    return { body: { items: statements, next_cursor: null } };
  });
  renderPage(<StatementsCard />, ["money:read", "money:write"]);
  await screen.findByText("distrokid · 120 lines · Oct 2026 · recorded 20 Nov 2026");
  expect(screen.getByRole("link", { name: "Its import" }).getAttribute("href")).toMatch(/^.imports.?\?id=import-7$/);
  fireEvent.click(screen.getByRole("button", { name: "Delete the statement October sales" }));
  const dialog = await screen.findByRole("dialog", { name: "Delete October sales?" });
  within(dialog).getByText(/120 lines of distrokid will be gone from all sums/);
  expect(sent).toEqual([]);
  fireEvent.click(within(dialog).getByRole("button", { name: "Delete" }));
  await waitFor(() => expect(sent).toEqual(["/api/royalties/statements/statement-1"]));
  await waitFor(() => expect(screen.queryByText("October sales")).toBeNull());
});

test("who only reads money deletes no statement", async () => {
  answerWith(() => ({ body: { items: [PUSHED], next_cursor: null } }));
  renderPage(<StatementsCard />, ["money:read"]);
  await screen.findByText("October sales");
  expect(screen.queryByRole("button")).toBeNull();
});
