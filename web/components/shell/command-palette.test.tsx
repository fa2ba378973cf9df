import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { answerWith } from "@/testing/api";
import { renderPage, router } from "@/testing/render";
import { CommandPalette } from "./command-palette";

/** What the API finds by `q`, whatever its age. */
const FOUND: Record<string, { id: string; name?: string; title?: string; [field: string]: unknown }[]> = {
  "/api/artists": [],
  "/api/recordings": [{ id: "song-1", title: "Tidelight", credits: [{ name: "Mara Quill", role: "main" }] }],
  "/api/releases": [],
  "/api/campaigns": [
    { id: "campaign-1", name: "Tidelight release" },
    { id: "campaign-2", name: "Autumn" },
  ],
  "/api/documents": [{ id: "document-1", title: "Plan of Tidelight" }],
  "/api/insights": [{ id: "insight-1", title: "Tidelight: streams up" }],
  "/api/admin/users": [{ id: "user-2", display_name: "Lena Tide", email: "lena@example.test" }],
  "/api/views": [],
};

const NOTHING_TYPED = { text: "", entered: false };

function open() {
  router.push.mockClear();
  answerWith((path, request) => {
    const q = (new URL(request.url).searchParams.get("q") ?? "").toLowerCase();
    const items = (FOUND[path] ?? []).filter((each) =>
      `${each.name ?? each.title ?? ""}${String(each.display_name ?? "")}`.toLowerCase().includes(q),
    );
    return Promise.resolve({ body: { items, next_cursor: null } });
  });
  renderPage(<CommandPalette typed={NOTHING_TYPED} onFocus={() => {}} />);
  return screen.getByRole("combobox");
}

test("the palette finds what has a name, of each kind", async () => {
  fireEvent.change(open(), { target: { value: "tide" } });
  await waitFor(() => expect(screen.getAllByRole("option").length).toBeGreaterThanOrEqual(5));
  const texts = screen.getAllByRole("option").map((option) => option.textContent);
  expect(texts).toEqual([
    "TidelightSong · Mara Quill",
    "Tidelight releaseCampaign",
    "Tidelight: streams upInsight",
    "Plan of TidelightDocument",
    "Lena TideMember",
  ]);
  fireEvent.click(screen.getByRole("option", { name: /Tidelight release/ }));
  expect(router.push).toHaveBeenCalledWith("/campaigns/?id=campaign-1");
});

test("actions are found by name too", async () => {
  const field = open();
  fireEvent.change(field, { target: { value: "dark" } });
  fireEvent.click(await screen.findByRole("option", { name: /Dark theme/ }));
  expect(document.documentElement.dataset.theme).toBe("dark");
});

test("a question goes to Ask", async () => {
  fireEvent.change(open(), { target: { value: "who grew most?" } });
  fireEvent.click(await screen.findByRole("option", { name: /Ask: who grew most\?/ }));
  expect(router.push).toHaveBeenCalledWith("/knowledge/?ask=who%20grew%20most%3F");
});
