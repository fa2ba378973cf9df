"use client";

import { keepPreviousData } from "@tanstack/react-query";
import { call } from "@/lib/api/client";
import { useOrgQuery } from "@/lib/api/queries";

const at = (artist_id: string) => ({ path: { artist_id } });

/** The breakdowns of an artist, or of one of its songs, that have numbers. */
export function useBreakdowns(id: string, recording_id?: string) {
  return useOrgQuery(["artists", "breakdowns", id, recording_id], async () => {
    const list = await call((client) =>
      client.GET("/api/artists/{artist_id}/breakdowns", { params: { ...at(id), query: { recording_id } } }),
    );
    return list.items;
  });
}

export type BreakdownParams = {
  metric: string;
  provider: string;
  dimension: string;
  period: string;
  recording_id?: string;
  group?: "metro";
};

export function useBreakdown(id: string, params: BreakdownParams | null) {
  return useOrgQuery(
    ["artists", "breakdown", id, params],
    () => call((client) => client.GET("/api/artists/{artist_id}/breakdown", { params: { ...at(id), query: params! } })),
    { enabled: params !== null, placeholderData: keepPreviousData },
  );
}
