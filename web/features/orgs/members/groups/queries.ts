"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgQuery } from "@/lib/api/queries";
import { t } from "../../messages";

const STALE = [["artist-groups"], ["members"], ["audit"], ["artists"]];
const at = (group_id: string) => ({ path: { group_id } });

export function useArtistGroups() {
  return useOrgQuery(["artist-groups"], async () => {
    const { items } = await call((client) => client.GET("/api/artist-groups"));
    return items;
  });
}

export type GroupDraft = { id: string | null; name: string; artist_ids: string[] };

/** Create or change a group. A new one is made first, then filled. */
export function useSaveGroup(onSuccess: () => void) {
  return useApiMutation(
    async ({ id, name, artist_ids }: GroupDraft) => {
      const group = id
        ? await call((client) => client.PATCH("/api/artist-groups/{group_id}", { params: at(id), body: { name } }))
        : await call((client) => client.POST("/api/artist-groups", { body: { name } }));
      return call((client) =>
        client.PUT("/api/artist-groups/{group_id}/artists", { params: at(group.id), body: { artist_ids } }),
      );
    },
    { invalidates: STALE, successMessage: (group) => t("groups.saved", { name: group.name }), onSuccess, silent: true },
  );
}

export function useDeleteGroup(onSuccess: () => void) {
  return useApiMutation(
    (id: string) => call((client) => client.DELETE("/api/artist-groups/{group_id}", { params: at(id) })),
    { invalidates: STALE, successMessage: () => t("groups.deleted"), onSuccess },
  );
}
