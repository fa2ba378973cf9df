"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgQuery } from "@/lib/api/queries";
import type { components } from "@/lib/api/schema";
import { t } from "./messages";

export type NewConnection = components["schemas"]["NewConnection"];
export type CreatedConnection = components["schemas"]["CreatedConnection"];

/** Whether workflows can be connected, the templates, and the workflows with their last runs. */
export function useN8n() {
  return useOrgQuery(["n8n"], () => call((client) => client.GET("/api/n8n")));
}

export function useConnectN8n(onSuccess: (created: CreatedConnection) => void) {
  return useApiMutation((body: NewConnection) => call((client) => client.POST("/api/n8n/workflows", { body })), {
    invalidates: [["n8n"], ["channels"], ["n8n-workflows"]],
    successMessage: ({ channel }) => t("connect.isConnected", { name: channel.name }),
    onSuccess,
    silent: true,
  });
}
