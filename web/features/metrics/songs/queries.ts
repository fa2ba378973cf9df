"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgList, useOrgQuery } from "@/lib/api/queries";
import type { components } from "@/lib/api/schema";
import { useToast } from "@/lib/toast";
import { t } from "./messages";

export type SongSort = "released" | "title";

/** The songs of an artist, also those on which they are featured. */
export function useSongs(artist: string, q: string, sort: SongSort) {
  return useOrgList(["artists", "songs", artist, q, sort], (cursor) =>
    call((client) =>
      client.GET("/api/artists/{artist_id}/recordings", {
        params: { path: { artist_id: artist }, query: { q: q || undefined, sort, cursor, limit: 25 } },
      }),
    ),
  );
}

export function useSong(id: string) {
  return useOrgQuery(["songs", "one", id], () =>
    call((client) => client.GET("/api/recordings/{recording_id}", { params: { path: { recording_id: id } } })),
  );
}

export function useReleases(artist: string) {
  return useOrgList(["artists", "releases", artist], (cursor) =>
    call((client) => client.GET("/api/releases", { params: { query: { artist_id: artist, cursor, limit: 25 } } })),
  );
}

/** The doubtful matches of an artist's assets. */
export function useMatches(artist: string) {
  return useOrgList(["artists", "matches", artist], (cursor) =>
    call((client) =>
      client.GET("/api/match-candidates", { params: { query: { artist_id: artist, cursor, limit: 25 } } }),
    ),
  );
}

/** What people decided about the songs of an artist, the newest first. */
export function useChanges(artist: string) {
  return useOrgList(["artists", "song-changes", artist], (cursor) =>
    call((client) => client.GET("/api/song-changes", { params: { query: { artist_id: artist, cursor, limit: 10 } } })),
  );
}

/** What a change of songs makes stale. */
const CHANGED = [
  ["artists", "matches"],
  ["artists", "song-changes"],
  ["artists", "songs"],
  ["artists", "releases"],
  ["artists", "assets"],
  ["songs"],
];

export function useChangeSong(recording_id: string, onSuccess: () => void) {
  return useApiMutation(
    (body: components["schemas"]["RecordingChange"]) =>
      call((client) => client.PATCH("/api/recordings/{recording_id}", { params: { path: { recording_id } }, body })),
    { invalidates: CHANGED, successMessage: () => t("edit.saved"), onSuccess, silent: true },
  );
}

/** Add a song by hand, such as one that is not out yet. */
export function useAddSong(onSuccess: () => void) {
  return useApiMutation(
    (body: components["schemas"]["NewRecording"]) => call((client) => client.POST("/api/recordings", { body })),
    {
      invalidates: CHANGED,
      successMessage: ({ title }) => t("add.added", { title }),
      onSuccess,
      silent: true,
    },
  );
}

export function useReplaceCredits(recording_id: string, onSuccess: () => void) {
  return useApiMutation(
    (credits: components["schemas"]["CreditEntry"][]) =>
      call((client) =>
        client.PUT("/api/recordings/{recording_id}/credits", { params: { path: { recording_id } }, body: { credits } }),
      ),
    { invalidates: CHANGED, successMessage: () => t("edit.saved"), onSuccess, silent: true },
  );
}

/** Take an item of a platform off a song. The toast offers to undo it. */
export function useSplit(recording_id: string, onSuccess: () => void) {
  const { showToast } = useToast();
  const undo = useUndoChange();
  return useApiMutation(
    (body: { asset_id: string; as_song: boolean }) =>
      call((client) =>
        client.POST("/api/recordings/{recording_id}/split", { params: { path: { recording_id } }, body }),
      ),
    {
      invalidates: CHANGED,
      onSuccess: ({ change_id }) => {
        onSuccess();
        const action = change_id ? { label: t("changes.undo"), run: () => undo.mutate(change_id) } : undefined;
        showToast(t("split.done"), { action });
      },
    },
  );
}

/** The songs of the org with these letters in their title: the first, by title. */
export function useSongSearch(q: string) {
  return useOrgQuery(
    ["songs", "search", q],
    () =>
      call((client) =>
        client.GET("/api/recordings", { params: { query: { q: q || undefined, sort: "title", limit: 12 } } }),
      ),
    { placeholderData: (before) => before },
  );
}

/** Make one song of this and another. The toast offers to undo it. */
export function useMerge(recording_id: string, onSuccess: () => void) {
  const { showToast } = useToast();
  const undo = useUndoChange();
  return useApiMutation(
    (other: string) =>
      call((client) =>
        client.POST("/api/recordings/{recording_id}/merge", {
          params: { path: { recording_id } },
          body: { recording_id: other },
        }),
      ),
    {
      invalidates: CHANGED,
      onSuccess: ({ change_id }) => {
        onSuccess();
        const action = change_id ? { label: t("changes.undo"), run: () => undo.mutate(change_id) } : undefined;
        showToast(t("merge.done"), { action });
      },
    },
  );
}

export function useUndoChange() {
  return useApiMutation(
    (id: string) =>
      call((client) => client.POST("/api/song-changes/{change_id}/undo", { params: { path: { change_id: id } } })),
    { invalidates: CHANGED, successMessage: () => t("changes.done") },
  );
}

export function useDecideMatch() {
  return useApiMutation(
    async ({ id, accept }: { id: string; accept: boolean }) => {
      const params = { path: { candidate_id: id } };
      await call((client) =>
        accept
          ? client.POST("/api/match-candidates/{candidate_id}/accept", { params })
          : client.POST("/api/match-candidates/{candidate_id}/reject", { params }),
      );
    },
    {
      invalidates: CHANGED,
      successMessage: (_, { accept }) => t(accept ? "matches.joined" : "matches.apart"),
    },
  );
}
