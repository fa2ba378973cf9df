"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgList, useOrgQuery } from "@/lib/api/queries";
import { t } from "./messages";

export function useDesk() {
  return useOrgList(["desk", "artists"], (cursor) =>
    call((client) => client.GET("/api/update-desk", { params: { query: { cursor, limit: 100 } } })),
  );
}

export function useCadences() {
  return useOrgQuery(["desk", "cadences"], () => call((client) => client.GET("/api/update-desk/cadences")));
}

export function useSaveCadence() {
  return useApiMutation(
    ({ export: key, days }: { export: string; days: number | null }) =>
      call((client) =>
        client.PUT("/api/update-desk/cadences/{export}", {
          params: { path: { export: key } },
          body: { every_days: days },
        }),
      ),
    { invalidates: [["desk"]], successMessage: () => t("cadence.saved") },
  );
}
