"use client";

import { call } from "@/lib/api/client";
import { useOrgList, useOrgQuery } from "@/lib/api/queries";

type Named = { id: string; name: string };

/** All artists, for selects, in which typing a name finds it. A roster of thousands is cut after 5,000. */
export function useArtistNames() {
  return useOrgQuery(["artists", "names"], () => listAll(50), { staleTime: 60_000 });
}

async function listAll(pages: number, cursor?: string): Promise<Named[]> {
  const page = await call((client) => client.GET("/api/artists", { params: { query: { cursor, limit: 100 } } }));
  const named = page.items.map(({ id, name }) => ({ id, name }));
  return page.next_cursor && pages > 1 ? [...named, ...(await listAll(pages - 1, page.next_cursor))] : named;
}

/** The artists whose name contains `q`, page by page. */
export function useArtistSearch(q: string, enabled = true) {
  return useOrgList(
    ["artists", "list", q],
    (cursor) =>
      call((client) => client.GET("/api/artists", { params: { query: { q: q || undefined, cursor, limit: 50 } } })),
    { enabled },
  );
}

/** The name of an artist; empty while it is not known, and without an id. */
export function useArtistName(id: string): string {
  const { data } = useOrgQuery(
    ["artists", "name", id],
    async () =>
      (await call((client) => client.GET("/api/artists/{artist_id}", { params: { path: { artist_id: id } } }))).name,
    { enabled: id !== "", staleTime: 60_000 },
  );
  return id === "" ? "" : (data ?? "");
}
