import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { answerWith, emptyPage } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { MatchesCard } from "./matches-card";

const match = {
  id: "m1",
  status: "open",
  score: 0.85,
  reasons: [{ code: "title", points: 0.6, detail: "Halo" }],
  asset: {
    id: "a1",
    artist_id: "artist-1",
    provider: "youtube",
    kind: "video",
    kind_guessed: false,
    title: "Halo at the studio",
    url: null,
    external_id: "y1",
    released_on: "2026-05-01",
    isrc: null,
  },
  recording: { id: "r1", title: "Halo", version_title: null, isrc: "QZAR22600001", released_on: null },
  release: null,
  created_at: "2026-05-02T00:00:00Z",
  decided_at: null,
};

test("a doubtful match is decided by a person", async () => {
  const sent: string[] = [];
  answerWith((path, request) => {
    if (request.method === "POST") sent.push(path);
    return { body: { items: sent.length ? [] : [match], next_cursor: null } };
  });
  renderPage(<MatchesCard artistId="artist-1" />);
  expect((await screen.findByText("Halo at the studio")).textContent).toBe("Halo at the studio");
  expect(screen.getByText("Halo (song, QZAR22600001)")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Same" }));
  await waitFor(() => expect(sent).toEqual(["/api/match-candidates/m1/accept"]));
  await waitFor(() => expect(screen.queryByText("Halo at the studio")).toBeNull());
});

test("without doubtful matches nothing is shown", async () => {
  let requested = false;
  answerWith(() => {
    requested = true;
    return emptyPage;
  });
  renderPage(<MatchesCard artistId="artist-1" />);
  await waitFor(() => expect(requested).toBe(true));
  expect(screen.queryByText("Is this the same song?")).toBeNull();
});
