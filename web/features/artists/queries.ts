"use client";

import { keepPreviousData } from "@tanstack/react-query";
import { call } from "@/lib/api/client";
import { useAct, useOrgList, useOrgQuery } from "@/lib/api/queries";
import type { Annotation, Asset, Provider } from "@/lib/api/types";

const at = (artist_id: string) => ({ path: { artist_id } });

export function useArtists(q: string) {
  return useOrgList(["artists", "list", q], (cursor) =>
    call((client) => client.GET("/api/artists", { params: { query: { q: q || undefined, cursor, limit: 50 } } })),
  );
}

export function useArtist(id: string) {
  return useOrgQuery(["artists", "one", id], () =>
    call((client) => client.GET("/api/artists/{artist_id}", { params: at(id) })),
  );
}

export type NewArtist = { name: string; genres: string[]; country: string | null };

export function useAddArtist(then: (artist: { id: string }) => void) {
  return useAct((body: NewArtist) => call((client) => client.POST("/api/artists", { body })), {
    stales: [["artists"]],
    done: (artist) => `${artist.name} is on the roster`,
    then,
    quiet: true,
  });
}

export function useRemoveArtist(id: string, then: () => void) {
  return useAct(() => call((client) => client.DELETE("/api/artists/{artist_id}", { params: at(id) })), {
    stales: [
      ["artists", "list"],
      ["artists", "names"],
    ],
    done: "Removed from the roster",
    then,
  });
}

export function useSummary(id: string, days: number) {
  return useOrgQuery(
    ["artists", "summary", id, days],
    () => call((client) => client.GET("/api/artists/{artist_id}/summary", { params: { ...at(id), query: { days } } })),
    { placeholderData: keepPreviousData },
  );
}

export type SeriesWish = {
  metric: string[];
  provider: Provider[];
  from: string;
  to: string;
  bucket: "day" | "week" | "month";
};

export function useSeries(id: string, wish: SeriesWish | null) {
  return useOrgQuery(
    ["artists", "series", id, wish],
    () => call((client) => client.GET("/api/artists/{artist_id}/series", { params: { ...at(id), query: wish! } })),
    { enabled: wish !== null, placeholderData: keepPreviousData },
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

export function useAnnotate(id: string, then: () => void) {
  return useAct(
    (body: NewAnnotation) =>
      call((client) => client.POST("/api/artists/{artist_id}/annotations", { params: at(id), body })),
    { stales: [["artists", "annotations", id]], done: "Marked on the chart", then },
  );
}

export function useRemoveAnnotation(artist: string) {
  return useAct(
    (id: string) =>
      call((client) => client.DELETE("/api/annotations/{annotation_id}", { params: { path: { annotation_id: id } } })),
    { stales: [["artists", "annotations", artist]], done: "Removed from the chart" },
  );
}

export type AssetWish = { provider?: Provider; kind?: Asset["kind"]; sort: "value" | "released" | "title" };

export function useAssets(id: string, wish: AssetWish) {
  return useOrgList(["artists", "assets", id, wish], (cursor) =>
    call((client) =>
      client.GET("/api/artists/{artist_id}/assets", { params: { ...at(id), query: { ...wish, cursor, limit: 25 } } }),
    ),
  );
}
