"use client";

import { useEffect } from "react";
import { call } from "@/lib/api/client";
import { useApiMutation, useOrgQuery } from "@/lib/api/queries";

export type Since = "week" | "session";

export type RosterQuery = {
  q?: string;
  group_id?: string;
  tag?: string;
  own?: boolean;
  days: number;
  sort?: string;
  descending?: boolean;
  page: number;
};

/** Polling interval, for when the Realtime channel is closed. */
const POLL_MS = 60_000;

export function useHome(since: Since | undefined) {
  const home = useOrgQuery(
    ["home", since],
    () => call((client) => client.GET("/api/home", { params: { query: { since } } })),
    { placeholderData: (before) => before, refetchInterval: POLL_MS },
  );
  const loaded = home.data !== undefined;
  // Recorded after the page is there, so that it still shows what happened since the visit before.
  useEffect(() => {
    if (loaded) void call((client) => client.PUT("/api/home/session")).catch(() => undefined);
  }, [loaded]);
  return home;
}

export function useRoster(query: RosterQuery) {
  return useOrgQuery(
    ["artists", "home", query],
    () => call((client) => client.GET("/api/home/artists", { params: { query } })),
    { placeholderData: (before) => before, refetchInterval: POLL_MS },
  );
}

export function useStar() {
  return useApiMutation(
    ({ id, starred }: { id: string; starred: boolean }) => {
      const params = { path: { artist_id: id } };
      return call((client) =>
        starred
          ? client.PUT("/api/artists/{artist_id}/star", { params })
          : client.DELETE("/api/artists/{artist_id}/star", { params }),
      );
    },
    { invalidates: [["artists", "home"]] },
  );
}
