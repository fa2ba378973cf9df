import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { ArtistSelect } from "./artist-select";

const names = Array.from({ length: 342 }, (_, at) => ({ id: `id-${at}`, name: `Artist ${at}` }));

vi.mock("@/lib/session/context", () => ({ useOrgId: () => "org" }));
vi.mock("@/lib/api/client", () => ({
  call: (ask: (client: unknown) => unknown) => ask({ GET: get }),
}));

function get(_path: string, { params }: { params: { query: { cursor?: string; limit: number } } }) {
  const start = Number(params.query.cursor ?? 0);
  const end = start + params.query.limit;
  return Promise.resolve({ items: names.slice(start, end), next_cursor: end < names.length ? String(end) : null });
}

test("every artist of a long roster can be chosen", async () => {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <ArtistSelect aria-label="Artist" none="All artists" />
    </QueryClientProvider>,
  );
  await screen.findByRole("option", { name: "Artist 341" });
  await userEvent.selectOptions(screen.getByLabelText("Artist"), "Artist 341");
  expect(screen.getByLabelText<HTMLSelectElement>("Artist").value).toBe("id-341");
  expect(screen.getAllByRole("option")).toHaveLength(343);
});
