"use client";

import { call } from "@/lib/api/client";
import { useOrgQuery } from "@/lib/api/queries";

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
