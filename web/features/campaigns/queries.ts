"use client";

import { call } from "@/lib/api/client";
import type { components } from "@/lib/api/schema";
import { useApiMutation, useOrgList, useOrgQuery } from "@/lib/api/queries";
import { t } from "./messages";

export type NewCampaign = components["schemas"]["NewCampaign"];
export type CampaignChange = components["schemas"]["CampaignChange"];
export type Cost = components["schemas"]["Cost"];
export type NewCost = components["schemas"]["NewCost"];

const at = (campaign_id: string) => ({ path: { campaign_id } });
const atCost = (campaign_id: string, cost_id: string) => ({ path: { campaign_id, cost_id } });

export function useCampaigns() {
  return useOrgList(["campaigns", "list"], (cursor) =>
    call((client) => client.GET("/api/campaigns", { params: { query: { cursor, limit: 50 } } })),
  );
}

export function useCampaign(id: string) {
  return useOrgQuery(["campaigns", "one", id], () =>
    call((client) => client.GET("/api/campaigns/{campaign_id}", { params: at(id) })),
  );
}

export function useResult(id: string) {
  return useOrgQuery(["campaigns", "result", id], () =>
    call((client) => client.GET("/api/campaigns/{campaign_id}/result", { params: at(id) })),
  );
}

export function useLift(id: string) {
  return useOrgQuery(["campaigns", "lift", id], () =>
    call((client) => client.GET("/api/campaigns/{campaign_id}/lift", { params: at(id) })),
  );
}

export function useCalibration() {
  return useOrgQuery(["campaigns", "calibration"], () =>
    call((client) => client.GET("/api/campaigns/calibration", {})),
  );
}

/** What a campaign of an artist can aim at. */
export function useGoals(artistId: string) {
  return useOrgQuery(
    ["campaigns", "goals", artistId],
    () => call((client) => client.GET("/api/campaigns/goals", { params: { query: { artist_id: artistId } } })),
    { enabled: artistId !== "" },
  );
}

export function useAddCampaign(onSuccess: (campaign: { id: string }) => void) {
  return useApiMutation((body: NewCampaign) => call((client) => client.POST("/api/campaigns", { body })), {
    invalidates: [["campaigns"]],
    successMessage: ({ name }) => t("created", { name }),
    onSuccess,
    silent: true,
  });
}

export function useChangeCampaign(id: string, onSuccess: () => void) {
  return useApiMutation(
    (body: CampaignChange) => call((client) => client.PATCH("/api/campaigns/{campaign_id}", { params: at(id), body })),
    { invalidates: [["campaigns"]], successMessage: () => t("saved"), onSuccess, silent: true },
  );
}

/** Add a cost, or change the one with `costId`. */
export function useSaveCost(id: string, costId: string | undefined, onSuccess: () => void) {
  return useApiMutation(
    (body: NewCost) =>
      call((client) =>
        costId
          ? client.PUT("/api/campaigns/{campaign_id}/costs/{cost_id}", { params: atCost(id, costId), body })
          : client.POST("/api/campaigns/{campaign_id}/costs", { params: at(id), body }),
      ),
    {
      invalidates: [["campaigns"]],
      successMessage: () => (costId ? t("saved") : t("costs.added")),
      onSuccess,
      silent: true,
    },
  );
}

export function useRemoveCost(id: string) {
  return useApiMutation(
    (costId: string) =>
      call((client) => client.DELETE("/api/campaigns/{campaign_id}/costs/{cost_id}", { params: atCost(id, costId) })),
    { invalidates: [["campaigns"]], successMessage: () => t("costs.removed") },
  );
}

export function useRemoveCampaign(onSuccess: () => void) {
  return useApiMutation(
    (id: string) => call((client) => client.DELETE("/api/campaigns/{campaign_id}", { params: at(id) })),
    {
      invalidates: [["campaigns", "list"]],
      successMessage: () => t("deleted"),
      onSuccess,
    },
  );
}
