"use client";

import { keepPreviousData } from "@tanstack/react-query";
import { call } from "@/lib/api/client";
import { useOrgQuery } from "@/lib/api/queries";

export function useAudiencePlaces(artist_id: string[]) {
  return useOrgQuery(
    ["artists", "audience-places", artist_id],
    () => call((client) => client.GET("/api/audience/places", { params: { query: { artist_id } } })),
    { enabled: artist_id.length > 0, placeholderData: keepPreviousData },
  );
}
