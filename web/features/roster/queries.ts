"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgList, useOrgQuery } from "@/lib/api/queries";

const at = (artist_id: string) => ({ path: { artist_id } });

export function useArtists(q: string) {
  return useOrgList(["artists", "list", q], (cursor) =>
    call((client) => client.GET("/api/artists", { params: { query: { q: q || undefined, cursor, limit: 50 } } })),
  );
}

export function useArtist(id: string) {
  return useOrgQuery(["artists", "one", id], () =>
    call((client) => client.GET("/api/artists/{artist_id}", { params: at(id) })),
  );
}

export type NewArtist = { name: string; genres: string[]; country: string | null };

export function useAddArtist(onSuccess: (artist: { id: string }) => void) {
  return useApiMutation((body: NewArtist) => call((client) => client.POST("/api/artists", { body })), {
    invalidates: [["artists"]],
    successMessage: (artist) => `${artist.name} is on the roster`,
    onSuccess,
    silent: true,
  });
}

export function useRemoveArtist(id: string, onSuccess: () => void) {
  return useApiMutation(() => call((client) => client.DELETE("/api/artists/{artist_id}", { params: at(id) })), {
    invalidates: [
      ["artists", "list"],
      ["artists", "names"],
    ],
    successMessage: "Removed from the roster",
    onSuccess,
  });
}
