"use client";

import { keepPreviousData } from "@tanstack/react-query";
import { call } from "@/lib/api/client";
import { useApiMutation, useOrgQuery } from "@/lib/api/queries";
import type { components } from "@/lib/api/schema";
import type { RoyaltyTotals } from "@/lib/api/types";
import { t } from "./messages";

export type Grouping = RoyaltyTotals["group_by"];
export type TotalsParams = { group_by: Grouping; artist_id?: string; from?: string; to?: string; in?: string };
export type NewRate = components["schemas"]["NewExchangeRate"];

export function useRoyaltyTotals(params: TotalsParams, enabled = true) {
  return useOrgQuery(
    ["royalties", "totals", params],
    () => call((client) => client.GET("/api/royalties/totals", { params: { query: params } })),
    { enabled, placeholderData: keepPreviousData, retry: false },
  );
}

export function useExchangeRates() {
  return useOrgQuery(
    ["royalties", "rates"],
    async () => (await call((client) => client.GET("/api/exchange-rates"))).items,
  );
}

export function useStateRate(onSuccess: () => void) {
  return useApiMutation((body: NewRate) => call((client) => client.PUT("/api/exchange-rates", { body })), {
    invalidates: [["royalties"]],
    successMessage: () => t("rates.stated"),
    onSuccess,
    silent: true,
  });
}

export function useRemoveRate() {
  return useApiMutation(
    (rate_id: string) =>
      call((client) => client.DELETE("/api/exchange-rates/{rate_id}", { params: { path: { rate_id } } })),
    { invalidates: [["royalties"]], successMessage: () => t("rates.removed") },
  );
}
