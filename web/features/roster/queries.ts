"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgQuery } from "@/lib/api/queries";
import { t } from "./messages";

const at = (artist_id: string) => ({ path: { artist_id } });

export function useArtist(id: string) {
  return useOrgQuery(["artists", "one", id], () =>
    call((client) => client.GET("/api/artists/{artist_id}", { params: at(id) })),
  );
}

export function useRemoveArtist(id: string, onSuccess: () => void) {
  return useApiMutation(() => call((client) => client.DELETE("/api/artists/{artist_id}", { params: at(id) })), {
    invalidates: [
      ["artists", "home"],
      ["artists", "list"],
      ["artists", "names"],
    ],
    successMessage: () => t("removed"),
    onSuccess,
  });
}
