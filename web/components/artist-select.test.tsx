import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { answerWith } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { ArtistSelect } from "./artist-select";

const names = Array.from({ length: 342 }, (_, at) => ({ id: `id-${at}`, name: `Artist ${at}` }));

test("every artist of a long roster can be chosen", async () => {
  answerWith((_, request) => {
    const query = new URL(request.url).searchParams;
    const start = Number(query.get("cursor") ?? 0);
    const end = start + Number(query.get("limit"));
    return { body: { items: names.slice(start, end), next_cursor: end < names.length ? String(end) : null } };
  });
  renderPage(<ArtistSelect aria-label="Artist" none="All artists" />);
  await screen.findByRole("option", { name: "Artist 341" });
  await userEvent.selectOptions(screen.getByLabelText("Artist"), "Artist 341");
  expect(screen.getByLabelText<HTMLSelectElement>("Artist").value).toBe("id-341");
  expect(screen.getAllByRole("option")).toHaveLength(343);
});
