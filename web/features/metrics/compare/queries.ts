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

/** What the calendar holds of these artists in the days of the chart; what concerns several of them once. */
export function useComparedMarks(artists: string[], from: string, to: string) {
  return useOrgQuery(
    ["calendar", "compared", artists, from, to],
    async () => {
      const pages = await Promise.all(
        artists.map((artist_id) =>
          call((client) => client.GET("/api/calendar", { params: { query: { artist_id, from, to, limit: 100 } } })),
        ),
      );
      const items = new Map(pages.flatMap((page) => page.items).map((item) => [item.source + item.id, item]));
      return [...items.values()].sort((one, other) => one.starts_on.localeCompare(other.starts_on));
    },
    { enabled: artists.length > 0 },
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
