"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgList, useOrgQuery } from "@/lib/api/queries";
import type { Provider } from "@/lib/api/types";
import { t } from "./messages";

const at = (account_id: string) => ({ path: { account_id } });

export function useAccounts(artist?: string) {
  return useOrgList(
    ["accounts", "list", artist ?? ""],
    (cursor) => call((client) => client.GET("/api/accounts", { params: { query: { artist_id: artist, cursor } } })),
    { refetchInterval: 20_000 },
  );
}

export function useProviderHealth(provider: Provider) {
  return useOrgQuery(["accounts", "health", provider], () =>
    call((client) => client.GET("/providers/{provider}/health", { params: { path: { provider } } })),
  );
}

export type ConnectRequest = { provider: Provider; artist_id: string; profile_url: string | null; return_to: string };

/** Start a consent: the browser goes to the platform and returns. */
export function useConnect() {
  return useApiMutation((body: ConnectRequest) => call((client) => client.POST("/api/accounts/connect", { body })), {
    invalidates: [],
    onSuccess: (answer) => window.location.assign(answer.authorize_url),
    silent: true,
  });
}

export type Consent = { state: string; code: string };

/** Link the account of a consent: only whoever started it can, in the same org. */
export function useFinishConnection() {
  return useApiMutation((body: Consent) => call((client) => client.POST("/api/accounts/connect/finish", { body })), {
    invalidates: [["accounts"]],
    silent: true,
  });
}

export function useSync() {
  return useApiMutation(
    (id: string) => call((client) => client.POST("/api/accounts/{account_id}/sync", { params: at(id) })),
    {
      invalidates: [["accounts"]],
    },
  );
}

const RUNNING = ["queued", "running"];

/** Poll a job until it ends. */
export function useJob(id: string | null) {
  return useOrgQuery(
    ["jobs", "one", id],
    () => call((client) => client.GET("/api/jobs/{job_id}", { params: { path: { job_id: id! } } })),
    {
      enabled: id !== null,
      refetchInterval: (query) => (RUNNING.includes(query.state.data?.status ?? "queued") ? 1000 : false),
    },
  );
}

export function useSyncRuns(id: string) {
  return useOrgList(["accounts", "runs", id], (cursor) =>
    call((client) =>
      client.GET("/api/accounts/{account_id}/runs", { params: { ...at(id), query: { cursor, limit: 20 } } }),
    ),
  );
}

export function useDisconnect(onSuccess: () => void) {
  return useApiMutation(
    ({ id, deleteData }: { id: string; deleteData: boolean }) =>
      call((client) =>
        client.DELETE("/api/accounts/{account_id}", { params: { ...at(id), query: { delete_data: deleteData } } }),
      ),
    { invalidates: [["accounts"], ["artists"]], successMessage: () => t("disconnect.done"), onSuccess },
  );
}

export function useSaveApp(onSuccess: () => void) {
  return useApiMutation(
    ({ provider, ...body }: { provider: Provider; client_id: string; client_secret: string }) =>
      call((client) => client.PUT("/api/provider-apps/{provider}", { params: { path: { provider } }, body })),
    {
      invalidates: [["accounts", "health"]],
      successMessage: () => t("app.saved"),
      onSuccess,
      silent: true,
    },
  );
}
