"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgQuery } from "@/lib/api/queries";
import { t } from "./messages";

export function useOwnMetrics() {
  return useOrgQuery(["sources", "metrics"], async () => {
    const list = await call((client) => client.GET("/api/metrics"));
    return list.items.filter((metric) => metric.slug.startsWith("own."));
  });
}

/** What a change of sources or metrics makes stale. */
const DEFINED = [["sources"], ["metrics"], ["artists"]];

export type SourceValues = {
  name: string;
  cadence: "day" | "week";
  how: "typed" | "pushed" | "file";
  time_zone: string;
  url: string | null;
  note: string;
};

export function useSaveSource(onSuccess: () => void) {
  return useApiMutation(
    ({ slug, ...body }: SourceValues & { slug: string | null }) =>
      slug
        ? call((client) => client.PATCH("/api/sources/{slug}", { params: { path: { slug } }, body }))
        : call((client) => client.POST("/api/sources", { body })),
    { invalidates: DEFINED, successMessage: () => t("source.saved"), onSuccess, silent: true },
  );
}

export type MetricValues = {
  name: string;
  unit: string;
  kind: string;
  aggregation: string | null;
  description: string;
  higher_is_better: boolean;
  can_fall: boolean;
};

export function useSaveMetric(onSuccess: () => void) {
  return useApiMutation(
    ({ slug, ...body }: MetricValues & { slug: string | null }) =>
      slug
        ? call((client) => client.PATCH("/api/metrics/{slug}", { params: { path: { slug } }, body }))
        : call((client) => client.POST("/api/metrics", { body })),
    { invalidates: DEFINED, successMessage: () => t("metric.saved"), onSuccess, silent: true },
  );
}

export function useDeleteDefinition(onSuccess: () => void) {
  return useApiMutation(
    ({ what, slug }: { what: "source" | "metric"; slug: string }) => {
      const params = { path: { slug } };
      return call((client) =>
        what === "source"
          ? client.DELETE("/api/sources/{slug}", { params })
          : client.DELETE("/api/metrics/{slug}", { params }),
      );
    },
    { invalidates: DEFINED, successMessage: () => t("removed"), onSuccess },
  );
}

/** Remove every typed or pushed number of an own source; the API refuses it while numbers of files are there. */
export function useDeleteNumbers(onSuccess: () => void) {
  return useApiMutation(
    (slug: string) =>
      call((client) => client.DELETE("/api/sources/{slug}/observations", { params: { path: { slug } } })),
    { invalidates: [...DEFINED, ["audit"]], successMessage: () => t("numbers.removed"), onSuccess },
  );
}

export type NewValue = { source: string; metric: string; artist_id: string; on: string; value: number };

export function useEnterValue(onSuccess: () => void) {
  return useApiMutation(
    ({ source, ...value }: NewValue) =>
      call((client) =>
        client.POST("/api/sources/{slug}/observations", {
          params: { path: { slug: source } },
          body: { observations: [{ ...value, dimension: {} }] },
        }),
      ),
    {
      invalidates: [["artists"], ["sources"]],
      successMessage: ({ unfinished }) => (unfinished ? t("enter.unfinished") : t("enter.stored")),
      onSuccess,
      silent: true,
    },
  );
}

/** The names of cities in the org's numbers of which it is not clear which places they are. */
export function useUnknownPlaces() {
  return useOrgQuery(
    ["places", "unknown"],
    async () => (await call((client) => client.GET("/api/places/unknown"))).items,
  );
}

export function usePlaceSearch(q: string) {
  return useOrgQuery(
    ["places", "search", q],
    async () => (await call((client) => client.GET("/api/places", { params: { query: { q, limit: 8 } } }))).items,
    { enabled: q.trim().length > 1, placeholderData: (before) => before },
  );
}

export function useDecidePlace(onSuccess: () => void) {
  return useApiMutation(
    (body: { text: string; country: string | null; place_id: number }) =>
      call((client) => client.PUT("/api/places/unknown", { body })),
    {
      invalidates: [["places"], ["artists"]],
      successMessage: ({ place, renamed, kept }) =>
        t(kept ? "places.decidedSomeKept" : "places.decided", { name: place.name, renamed, kept }),
      onSuccess,
    },
  );
}
