import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { answerWith, emptyPage } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { EmptyInbox } from "./empty-inbox";

const ONE = { body: { items: [{ id: "insight-1" }], next_cursor: null } };

test("an inbox whose stories are all snoozed does not say that nothing was found", async () => {
  answerWith((_, request) => (request.url.includes("snoozed=true") ? ONE : emptyPage));
  const shown = vi.fn();
  renderPage(<EmptyInbox onShowSnoozed={shown} />);
  await screen.findByText("Nothing is open");
  expect(screen.queryByText("No insights yet")).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Show the snoozed" }));
  expect(shown).toHaveBeenCalled();
});

test("nor one whose stories are all dismissed, and one without stories leads to the first", async () => {
  answerWith((_, request) => (request.url.includes("status=dismissed") ? ONE : emptyPage));
  const { unmount } = renderPage(<EmptyInbox onShowSnoozed={vi.fn()} />);
  await screen.findByText("Nothing is open");
  expect(screen.queryByRole("button")).toBeNull();
  unmount();
  answerWith(() => emptyPage);
  renderPage(<EmptyInbox onShowSnoozed={vi.fn()} />);
  await screen.findByText("No insights yet");
  expect(screen.getByRole("link", { name: "Connect an account" })).toBeTruthy();
});
