"use client";

import { keepPreviousData } from "@tanstack/react-query";
import { call } from "@/lib/api/client";
import { useApiMutation, useOrgList, useOrgQuery } from "@/lib/api/queries";
import type { Regional } from "@/lib/regional";
import type { Asset, CalendarItem } from "@/lib/api/types";
import { t } from "./messages";

const at = (artist_id: string) => ({ path: { artist_id } });

export function useSummary(id: string, days: number) {
  return useOrgQuery(
    ["artists", "summary", id, days],
    () => call((client) => client.GET("/api/artists/{artist_id}/summary", { params: { ...at(id), query: { days } } })),
    { placeholderData: keepPreviousData },
  );
}

export type SeriesParams = {
  metric: string[];
  provider: string[];
  from: string;
  to: string;
  bucket: "day" | "week" | "month";
  week_start?: Regional["week_start"];
};

export function useSeries(id: string, params: SeriesParams | null) {
  return useOrgQuery(
    ["artists", "series", id, params],
    () => call((client) => client.GET("/api/artists/{artist_id}/series", { params: { ...at(id), query: params! } })),
    { enabled: params !== null, placeholderData: keepPreviousData },
  );
}

/** What lies in the days of a chart: releases, campaigns, posts, shows, pitches, notes. */
export function useChartMarks(artist: string, from: string, to: string) {
  return useOrgQuery(["calendar", "artist", artist, from, to], async () => {
    const page = await call((client) =>
      client.GET("/api/calendar", { params: { query: { artist_id: artist, from, to, limit: 100 } } }),
    );
    return page.items;
  });
}

export type NewMark = { starts_on: string; kind: CalendarItem["kind"]; title: string };

export function useAddMark(artist: string, onSuccess: () => void) {
  return useApiMutation(
    (body: NewMark) =>
      call((client) => client.POST("/api/calendar", { body: { artist_id: artist, notes: "", ...body } })),
    { invalidates: [["calendar"]], successMessage: () => t("marks.added"), onSuccess, silent: true },
  );
}

export function useRemoveMark() {
  return useApiMutation(
    (entry_id: string) =>
      call((client) => client.DELETE("/api/calendar/{entry_id}", { params: { path: { entry_id } } })),
    { invalidates: [["calendar"]], successMessage: () => t("marks.removed") },
  );
}

export type AssetParams = {
  provider?: string;
  kind?: Asset["kind"];
  is_song?: boolean;
  sort: "value" | "released" | "title";
};

export function useAssets(id: string, params: AssetParams) {
  return useOrgList(["artists", "assets", id, params], (cursor) =>
    call((client) =>
      client.GET("/api/artists/{artist_id}/assets", { params: { ...at(id), query: { ...params, cursor, limit: 25 } } }),
    ),
  );
}
