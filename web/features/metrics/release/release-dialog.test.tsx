import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { components } from "@/lib/api/schema";
import type { Song } from "@/lib/api/types";
import { answerWith } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { SongDialog } from "../songs/song-dialog";
import { ReleaseDialog } from "./release-dialog";

const RELEASE = {
  id: "release-1",
  title: "Night Drive",
  kind: "single",
  released_on: "2026-11-06",
  label: null,
  upc: null,
} as components["schemas"]["Release"];

const SONG = { id: "song-1", title: "Night Drive", version_title: null, isrc: "DEA123456789" } as unknown as Song;

test("a release gets another day, and an error of the API stands at its field", async () => {
  const sent: unknown[] = [];
  answerWith(async (_, request) => {
    sent.push(await request.json());
    return sent.length === 1
      ? { status: 422, body: { error: "invalid", field: "upc", message: "This is no UPC.", request_id: "r" } }
      : { body: RELEASE };
  });
  const closed = vi.fn();
  renderPage(<ReleaseDialog release={RELEASE} onClose={closed} />);
  fireEvent.change(screen.getByLabelText("Day of release"), { target: { value: "2026-11-13" } });
  fireEvent.change(screen.getByRole("textbox", { name: "UPC" }), { target: { value: "1" } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText("This is no UPC.");
  fireEvent.change(screen.getByRole("textbox", { name: "UPC" }), { target: { value: "" } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(closed).toHaveBeenCalled());
  expect(sent.at(-1)).toEqual({
    title: "Night Drive",
    kind: "single",
    released_on: "2026-11-13",
    label: null,
    upc: null,
  });
});

test("a song keeps its ISRC and needs a title", async () => {
  const sent: unknown[] = [];
  answerWith(async (_, request) => {
    sent.push(await request.json());
    return { body: SONG };
  });
  renderPage(<SongDialog song={SONG} onClose={() => undefined} />);
  const title = screen.getByRole("textbox", { name: "Title" });
  fireEvent.change(title, { target: { value: "  " } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText("Enter a title.");
  fireEvent.change(title, { target: { value: "Night Drive (Live)" } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]).toEqual({
    title: "Night Drive (Live)",
    version_title: null,
    isrc: "DEA123456789",
    released_on: null,
  });
});
