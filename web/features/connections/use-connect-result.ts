"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useToast } from "@/lib/toast";
import { providerName } from "@/lib/providers";
import { useOrgId } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";

/** Show the result of a consent when the browser returns from a platform. */
export function useConnectResult(): void {
  const { get, set } = useUrlState();
  const { showToast } = useToast();
  const queries = useQueryClient();
  const org = useOrgId();
  const connected = get("connected");
  const problem = get("connect_error");
  useEffect(() => {
    if (!connected && !problem) return;
    if (connected) showToast(`${providerName(connected)} is connected. ARTi is collecting the first data.`);
    if (problem) showToast(problem, { kind: "error" });
    void queries.invalidateQueries({ queryKey: [org, "accounts"] });
    set({ connected: null, connect_error: null });
  }, [connected, problem, showToast, queries, org, set]);
}
