"use client";

import { keepPreviousData } from "@tanstack/react-query";
import { call } from "@/lib/api/client";
import { useOrgQuery } from "@/lib/api/queries";

export type ComparisonParams = {
  artist_id?: string[];
  recording_id?: string[];
  metric?: string;
  provider?: string;
  days: number;
};

export function useComparison(params: ComparisonParams) {
  const count = (params.artist_id?.length ?? 0) + (params.recording_id?.length ?? 0);
  return useOrgQuery(
    ["artists", "comparison", params],
    () => call((client) => client.GET("/api/comparison", { params: { query: params } })),
    { enabled: count > 0, placeholderData: keepPreviousData },
  );
}

/** The first songs whose title contains `q`. */
export function useSongSearch(q: string) {
  return useOrgQuery(
    ["songs", "search", q],
    () => call((client) => client.GET("/api/recordings", { params: { query: { q, limit: 8, sort: "title" } } })),
    { enabled: q !== "" },
  );
}
