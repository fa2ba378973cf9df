"use client";

import { call } from "@/lib/api/client";
import { useOrgList, useOrgQuery } from "@/lib/api/queries";

/** The first hundred artists, for selects. */
export function useArtistNames() {
  return useOrgQuery(
    ["artists", "names"],
    async () => {
      const page = await call((client) => client.GET("/api/artists", { params: { query: { limit: 100 } } }));
      return page.items.map((artist) => ({ id: artist.id, name: artist.name }));
    },
    { staleTime: 60_000 },
  );
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
