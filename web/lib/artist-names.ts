"use client";

import { call } from "@/lib/api/client";
import { useOrgQuery } from "@/lib/api/queries";

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
