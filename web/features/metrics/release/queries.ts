"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgQuery } from "@/lib/api/queries";
import type { components } from "@/lib/api/schema";
import { t } from "./messages";

export function useReleaseStart(release_id: string) {
  return useOrgQuery(["songs", "release-start", release_id], () =>
    call((client) => client.GET("/api/releases/{release_id}/start", { params: { path: { release_id } } })),
  );
}

export function useRelease(release_id: string) {
  return useOrgQuery(["songs", "release", release_id], () =>
    call((client) => client.GET("/api/releases/{release_id}", { params: { path: { release_id } } })),
  );
}

/** What a change of a release makes stale. */
const CHANGED = [["songs"], ["artists"], ["calendar"]];

export function useAddRelease(onSuccess: () => void) {
  return useApiMutation(
    (body: components["schemas"]["NewRelease"]) => call((client) => client.POST("/api/releases", { body })),
    { invalidates: CHANGED, successMessage: ({ title }) => t("add.added", { title }), onSuccess, silent: true },
  );
}

export function useReplaceTracks(release_id: string, onSuccess: () => void) {
  return useApiMutation(
    (tracks: components["schemas"]["TrackEntry"][]) =>
      call((client) =>
        client.PUT("/api/releases/{release_id}/tracks", { params: { path: { release_id } }, body: { tracks } }),
      ),
    { invalidates: CHANGED, successMessage: () => t("edit.saved"), onSuccess, silent: true },
  );
}

export function useChangeRelease(release_id: string, onSuccess: () => void) {
  return useApiMutation(
    (body: components["schemas"]["ReleaseChange"]) =>
      call((client) => client.PATCH("/api/releases/{release_id}", { params: { path: { release_id } }, body })),
    {
      invalidates: CHANGED,
      successMessage: () => t("edit.saved"),
      onSuccess,
      silent: true,
    },
  );
}
