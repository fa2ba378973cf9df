"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgQuery } from "@/lib/api/queries";
import type { RoyaltyGap } from "@/lib/api/types";
import { saveFile } from "@/lib/save-file";

export function useReconciliation(artist_id: string | undefined) {
  return useOrgQuery(["royalties", "reconciliation", artist_id ?? ""], () =>
    call((client) => client.GET("/api/royalties/reconciliation", { params: { query: { artist_id } } })),
  );
}

/** Paid units beside known streams, the latest months first. */
export function useUnits(artist_id: string | undefined, limit: number) {
  return useOrgQuery(["royalties", "units", artist_id ?? "", limit], () =>
    call((client) => client.GET("/api/royalties/reconciliation/units", { params: { query: { artist_id, limit } } })),
  );
}

export function useGapRows(gap: string, artist_id: string | undefined) {
  return useOrgQuery(["royalties", "gap", gap, artist_id ?? ""], () =>
    call((client) => client.GET("/api/royalties/reconciliation/rows", { params: { query: { gap, artist_id } } })),
  );
}

/** Download the query of a gap to the distributor: its rows as CSV, or its text. */
export function useGapQuery(gap: RoyaltyGap, artist_id: string | undefined) {
  return useApiMutation(
    async (form: "csv" | "text") => {
      const content = (await call((client) =>
        client.GET("/api/royalties/reconciliation/query", {
          params: { query: { gap: gap.id, form, artist_id } },
          parseAs: "blob",
        }),
      )) as Blob;
      saveFile(content, `royalty-query-${gap.kind}.${form === "csv" ? "csv" : "txt"}`);
    },
    { invalidates: [] },
  );
}
