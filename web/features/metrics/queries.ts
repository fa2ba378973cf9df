"use client";

import { keepPreviousData } from "@tanstack/react-query";
import { call } from "@/lib/api/client";
import { useApiMutation, useOrgList, useOrgQuery } from "@/lib/api/queries";
import type { Annotation, Asset, Provider } from "@/lib/api/types";

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
  provider: Provider[];
  from: string;
  to: string;
  bucket: "day" | "week" | "month";
};

export function useSeries(id: string, params: SeriesParams | null) {
  return useOrgQuery(
    ["artists", "series", id, params],
    () => call((client) => client.GET("/api/artists/{artist_id}/series", { params: { ...at(id), query: params! } })),
    { enabled: params !== null, placeholderData: keepPreviousData },
  );
}

export function useAnnotations(id: string, from: string, to: string) {
  return useOrgQuery(["artists", "annotations", id, from, to], async () => {
    const page = await call((client) =>
      client.GET("/api/artists/{artist_id}/annotations", { params: { ...at(id), query: { from, to } } }),
    );
    return page.items;
  });
}

export type NewAnnotation = { occurred_on: string; kind: Annotation["kind"]; title: string };

export function useAddAnnotation(id: string, onSuccess: () => void) {
  return useApiMutation(
    (body: NewAnnotation) =>
      call((client) => client.POST("/api/artists/{artist_id}/annotations", { params: at(id), body })),
    { invalidates: [["artists", "annotations", id]], successMessage: "Added to the chart", onSuccess, silent: true },
  );
}

export function useRemoveAnnotation(artist: string) {
  return useApiMutation(
    (id: string) =>
      call((client) => client.DELETE("/api/annotations/{annotation_id}", { params: { path: { annotation_id: id } } })),
    { invalidates: [["artists", "annotations", artist]], successMessage: "Removed from the chart" },
  );
}

export type AssetParams = { provider?: Provider; kind?: Asset["kind"]; sort: "value" | "released" | "title" };

export function useAssets(id: string, params: AssetParams) {
  return useOrgList(["artists", "assets", id, params], (cursor) =>
    call((client) =>
      client.GET("/api/artists/{artist_id}/assets", { params: { ...at(id), query: { ...params, cursor, limit: 25 } } }),
    ),
  );
}
