import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { components } from "@/lib/api/schema";
import type { Song } from "@/lib/api/types";
import { answerWith } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { AddReleaseDialog } from "../release/release-dialog";
import { TracksDialog } from "../release/tracks-dialog";
import { CreditsDialog } from "./credits-dialog";
import { MergeDialog } from "./merge-dialog";
import { AddSongDialog } from "./song-dialog";
import { SplitDialog } from "./split-dialog";

const ASSET = { id: "asset-1", provider: "youtube", title: "Halo at the studio" };
const SONG = {
  id: "song-1",
  title: "Halo",
  credits: [
    { artist_id: "moth", name: "Moth", role: "main" },
    { artist_id: null, name: "Nilo", role: "featured" },
  ],
  assets: [ASSET],
} as unknown as Song;

type Sent = [string, string, unknown];

function record(answer: unknown): Sent[] {
  const sent: Sent[] = [];
  answerWith(async (path, request) => {
    if (path === "/api/artists") return { body: { items: [{ id: "ines", name: "Ines Vale" }], next_cursor: null } };
    if (request.method === "GET") return { body: { items: [{ id: "song-9", title: "Undertow", credits: [] }] } };
    sent.push([request.method, path, await request.json().catch(() => null)]);
    return { body: answer };
  });
  return sent;
}

test("credits are changed, added by name or from the roster, and taken off", async () => {
  const sent = record(null);
  const closed = vi.fn();
  renderPage(<CreditsDialog song={SONG} onClose={closed} />);
  fireEvent.change(screen.getByRole("combobox", { name: "Role of Nilo" }), { target: { value: "producer" } });
  fireEvent.click(screen.getByRole("button", { name: "Take Moth off" }));
  fireEvent.click(screen.getByRole("combobox", { name: "From the roster" }));
  fireEvent.click(await screen.findByRole("option", { name: "Ines Vale" }));
  await screen.findByRole("combobox", { name: "Role of Ines Vale" });
  const other = screen.getByRole("textbox", { name: "Somebody else" });
  fireEvent.change(other, { target: { value: " Juno " } });
  fireEvent.keyDown(other, { key: "Enter" });
  expect(closed).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(closed).toHaveBeenCalled());
  const credits = [
    { artist_id: null, name: "Nilo", role: "producer" },
    { artist_id: "ines", name: null, role: "featured" },
    { artist_id: null, name: "Juno", role: "featured" },
  ];
  expect(sent).toEqual([["PUT", "/api/recordings/song-1/credits", { credits }]]);
});

test("what is another song is taken off, and the toast undoes it", async () => {
  const sent = record({ change_id: "change-1", recording_id: "song-2" });
  renderPage(<SplitDialog song={SONG} asset={SONG.assets[0]!} onClose={() => undefined} />);
  screen.getByRole("dialog", { name: "What is “Halo at the studio” of YouTube?" });
  fireEvent.click(screen.getByRole("button", { name: "Another song" }));
  fireEvent.click(await screen.findByRole("button", { name: "Undo" }));
  await waitFor(() => expect(sent).toHaveLength(2));
  expect(sent).toEqual([
    ["POST", "/api/recordings/song-1/split", { asset_id: "asset-1", as_song: true }],
    ["POST", "/api/song-changes/change-1/undo", null],
  ]);
});

test("two songs become one: what changes is said first, and the toast undoes it", async () => {
  const sent = record({ change_id: "change-2", recording_id: "song-1" });
  const other = { id: "song-2", title: "Halo (Live)", isrc: "GBAAA2600002", credits: [{ name: "Juno", role: "main" }] };
  answerWith(async (path, request) => {
    if (request.method === "GET") {
      return { body: { items: [{ ...SONG }, { ...other, assets: [{ ...ASSET, provider: "spotify" }] }] } };
    }
    sent.push([request.method, path, await request.json().catch(() => null)]);
    return { body: { change_id: "change-2", recording_id: "song-1" } };
  });
  renderPage(<MergeDialog song={{ ...SONG, isrc: "GBAAA2600001" }} onClose={() => undefined} />);
  const join = screen.getByRole("button", { name: "Join them" });
  expect(join.hasAttribute("disabled")).toBe(true);
  fireEvent.click(await screen.findByRole("radio"));
  const said = screen.getByRole("status").textContent;
  expect(said).toContain("“Halo (Live)” goes into “Halo”: its item on Spotify");
  expect(said).toContain("Also credited then: Juno.");
  expect(said).toContain("two ISRCs, GBAAA2600001 and GBAAA2600002");
  fireEvent.click(join);
  fireEvent.click(await screen.findByRole("button", { name: "Undo" }));
  await waitFor(() => expect(sent).toHaveLength(2));
  expect(sent).toEqual([
    ["POST", "/api/recordings/song-1/merge", { recording_id: "song-2" }],
    ["POST", "/api/song-changes/change-2/undo", null],
  ]);
});

test("tracks are sorted, added and taken off; places are counted on each disc", async () => {
  const sent = record({});
  const closed = vi.fn();
  const track = (id: string, disc: number, position: number) => ({ recording_id: id, title: id, disc, position });
  const tracks = [track("Halo", 1, 1), track("Saltwater", 1, 2), track("Outro", 1, 3), track("Bonus", 2, 1)];
  const release = { id: "release-1", title: "Tides", tracks } as unknown as components["schemas"]["ReleaseWithTracks"];
  renderPage(<TracksDialog release={release} onClose={closed} />);
  fireEvent.click(screen.getByRole("button", { name: "Move Saltwater up" }));
  fireEvent.click(screen.getByRole("button", { name: "Take Outro off" }));
  fireEvent.change(screen.getByRole("searchbox", { name: "Find a song to add" }), { target: { value: "under" } });
  fireEvent.click(await screen.findByRole("button", { name: "Undertow" }));
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(closed).toHaveBeenCalled());
  const body = {
    tracks: [
      { recording_id: "Saltwater", disc: 1, position: 1 },
      { recording_id: "Halo", disc: 1, position: 2 },
      { recording_id: "Bonus", disc: 2, position: 1 },
      { recording_id: "song-9", disc: 2, position: 2 },
    ],
  };
  expect(sent).toEqual([["PUT", "/api/releases/release-1/tracks", body]]);
});

test("a song and a release are added by hand for an artist", async () => {
  const sent = record({ title: "Undertow" });
  const closed = vi.fn();
  const { unmount } = renderPage(<AddSongDialog artistId="ines" onClose={closed} />);
  const fill = () => {
    const dialog = within(screen.getByRole("dialog"));
    fireEvent.change(dialog.getByRole("textbox", { name: "Title" }), { target: { value: "Undertow" } });
    fireEvent.click(dialog.getByRole("button", { name: /^Add/ }));
  };
  fill();
  await waitFor(() => expect(closed).toHaveBeenCalledTimes(1));
  unmount();
  renderPage(<AddReleaseDialog artistId="ines" onClose={closed} />);
  fill();
  await waitFor(() => expect(closed).toHaveBeenCalledTimes(2));
  const made = { title: "Undertow", released_on: null, credits: [{ artist_id: "ines", role: "main" }] };
  expect(sent).toEqual([
    ["POST", "/api/recordings", { ...made, version_title: null, isrc: null }],
    ["POST", "/api/releases", { ...made, kind: null, label: null, upc: null }],
  ]);
});
