"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgQuery } from "@/lib/api/queries";
import type { OrgExport } from "@/lib/api/types";
import { saveFile } from "@/lib/save-file";
import { setActiveOrgId } from "@/lib/session/active-org";
import { clearSession } from "@/lib/session/token";

const EXPORTS = [["exports"]];
const ERASURE = [["erasure"], ["audit"]];

/** Download what is stored about the user. */
export function useExportMe() {
  return useApiMutation(
    async () =>
      saveFile(await call<Blob>((client) => client.GET("/auth/me/export", { parseAs: "blob" })), "my-data.zip"),
    { invalidates: [] },
  );
}

/** Delete the account. Nothing is left to sign out of, so the page starts anew. */
export function useEraseMe() {
  return useApiMutation((email: string) => call((client) => client.POST("/auth/me/erasure", { body: { email } })), {
    invalidates: [],
    silent: true,
    onSuccess: () => {
      clearSession();
      setActiveOrgId(null);
      window.location.assign("/sign-in/");
    },
  });
}

const isBeingMade = ({ state }: OrgExport) => state === "waiting" || state === "running";

/** The org's exports, asked for again while one is being made. */
export function useOrgExports(enabled: boolean) {
  return useOrgQuery<OrgExport[]>(["exports"], () => call((client) => client.GET("/api/orgs/current/exports")), {
    enabled,
    refetchInterval: (query) => (query.state.data?.some(isBeingMade) ? 2000 : false),
  });
}

export function useRequestExport() {
  return useApiMutation(() => call((client) => client.POST("/api/orgs/current/exports")), {
    invalidates: [...EXPORTS, ["audit"]],
  });
}

export function useDownloadExport() {
  return useApiMutation(
    async ({ id, requested_at }: OrgExport) => {
      const params = { path: { export_id: id } };
      const zip = await call<Blob>((client) =>
        client.GET("/api/orgs/current/exports/{export_id}/content", { params, parseAs: "blob" }),
      );
      saveFile(zip, `organisation-${requested_at.slice(0, 10)}.zip`);
    },
    { invalidates: [] },
  );
}

export function useRequestErasure(onSuccess: () => void) {
  return useApiMutation(
    (name: string) => call((client) => client.POST("/api/orgs/current/erasure", { body: { name } })),
    { invalidates: ERASURE, onSuccess, silent: true },
  );
}
