import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import type { Artist } from "@/lib/api/types";
import { answerWith } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { ArtistDialog } from "./artist-dialog";

const ARTIST = {
  id: "artist-1",
  name: "Velvet Harbor",
  genres: ["dream pop"],
  country: "DE",
  aliases: ["VELVET HARBOUR"],
  tags: ["priority"],
  image_url: null,
} as unknown as Artist;

test("an artist is edited in the form that added them", async () => {
  const sent: unknown[] = [];
  answerWith(async (path, request) => {
    sent.push([request.method, path, await request.json()]);
    return { body: ARTIST };
  });
  const closed = vi.fn();
  renderPage(<ArtistDialog artist={ARTIST} onClose={closed} />);
  fireEvent.change(screen.getByRole("textbox", { name: "Country" }), { target: { value: "germany" } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText("Enter two letters, such as DE.");
  fireEvent.change(screen.getByRole("textbox", { name: "Country" }), { target: { value: "" } });
  fireEvent.change(screen.getByRole("textbox", { name: "Tags" }), { target: { value: "priority, tour,, " } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(closed).toHaveBeenCalled());
  const { name, genres, aliases } = ARTIST;
  expect(sent).toEqual([
    ["PATCH", "/api/artists/artist-1", { name, genres, aliases, country: null, tags: ["priority", "tour"] }],
  ]);
});
