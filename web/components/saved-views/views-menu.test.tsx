import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import type { SavedView } from "@/lib/api/types";
import { answerWith } from "@/testing/api";
import { renderPage, router } from "@/testing/render";
import { ViewsMenu } from "./views-menu";

const OWN: SavedView = {
  id: "view-1",
  name: "First week",
  path: "/artist/",
  query: "id=moth&days=7",
  is_shared: false,
  is_own: true,
  author: "Ada",
  updated_at: "2026-11-01T10:00:00Z",
};
const SHARED: SavedView = { ...OWN, id: "view-2", name: "Rivals", path: "/compare/", is_shared: true, is_own: false };
let sent: [string, string, unknown][] = [];

beforeEach(() => {
  sent = [];
  window.history.replaceState(null, "", "/compare/?artist=moth&artist=ines&days=90&page=3");
  router.push.mockClear();
  answerWith(async (path, request) => {
    if (request.method === "GET") return { body: { items: [OWN, SHARED] } };
    sent.push([request.method, path, request.body ? await request.json() : null]);
    return request.method === "DELETE" ? { status: 200 } : { body: { ...OWN, name: "Autumn" } };
  });
});

async function openMenu() {
  fireEvent.click(screen.getByRole("button", { name: "Saved views" }));
  return await screen.findByRole("menu");
}

async function manage(permissions?: Parameters<typeof renderPage>[1]) {
  renderPage(<ViewsMenu />, permissions);
  await openMenu();
  fireEvent.click(await screen.findByRole("menuitem", { name: "Manage views" }));
  const dialog = await screen.findByRole("dialog");
  await within(dialog).findByText("Rivals");
  return within(dialog);
}

test("own and shared views are opened from the menu", async () => {
  renderPage(<ViewsMenu />);
  const menu = await openMenu();
  await within(menu).findByText("Yours");
  within(menu).getByText("Shared with the organisation");
  fireEvent.click(within(menu).getByRole("menuitem", { name: "First week Artist" }));
  expect(router.push).toHaveBeenCalledWith("/artist/?id=moth&days=7");
});

test("what is shown is saved under a name, without the page of a list", async () => {
  renderPage(<ViewsMenu />);
  await openMenu();
  fireEvent.click(screen.getByRole("menuitem", { name: "Save this view" }));
  const dialog = within(await screen.findByRole("dialog"));
  fireEvent.click(dialog.getByRole("button", { name: "Save" }));
  await dialog.findByText("Enter a name.");
  fireEvent.change(dialog.getByRole("textbox", { name: "Name" }), { target: { value: "Autumn" } });
  fireEvent.click(dialog.getByRole("checkbox"));
  fireEvent.click(dialog.getByRole("button", { name: "Save" }));
  await screen.findByText("Autumn is saved");
  const query = "artist=moth&artist=ines&days=90";
  expect(sent).toEqual([["POST", "/api/views", { name: "Autumn", path: "/compare/", query, is_shared: true }]]);
});

test("a view is replaced by what is shown", async () => {
  const dialog = await manage();
  fireEvent.click(dialog.getByRole("button", { name: "Replace First week with what is shown now" }));
  await screen.findByText("Autumn now shows this page");
  const query = "artist=moth&artist=ines&days=90";
  const body = { name: "First week", path: "/compare/", query, is_shared: false };
  expect(sent).toEqual([["PUT", "/api/views/view-1", body]]);
});

test("a view is renamed and keeps what it shows", async () => {
  const dialog = await manage();
  fireEvent.click(dialog.getByRole("button", { name: "Rename or share First week" }));
  fireEvent.change(await screen.findByRole("textbox", { name: "Name" }), { target: { value: "Autumn" } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText("Autumn is saved");
  const body = { name: "Autumn", path: "/artist/", query: "id=moth&days=7", is_shared: false };
  expect(sent).toEqual([["PUT", "/api/views/view-1", body]]);
});

test("a deleted view is brought back by the toast", async () => {
  const dialog = await manage();
  fireEvent.click(dialog.getByRole("button", { name: "Delete First week" }));
  await screen.findByText("First week is deleted");
  fireEvent.click(screen.getByText("Undo"));
  await waitFor(() => expect(sent).toHaveLength(2));
  const body = { name: "First week", path: "/artist/", query: "id=moth&days=7", is_shared: false };
  expect(sent).toEqual([
    ["DELETE", "/api/views/view-1", null],
    ["POST", "/api/views", body],
  ]);
});

test("somebody else’s view is not changed, and deleted by who manages members only", async () => {
  const dialog = await manage(["roster:read"]);
  dialog.getByText("Comparison · shared · by Ada");
  expect(dialog.queryByRole("button", { name: /Rivals/ })).toBeNull();
});
