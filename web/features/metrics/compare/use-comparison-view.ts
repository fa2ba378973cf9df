"use client";

import { usePeriod } from "@/lib/period";
import { useUrlState } from "@/lib/url-state";

export const MAX_SUBJECTS = 6;

export type ComparisonView = ReturnType<typeof useComparisonView>;

/** What is compared and how it is shown, in the URL: the address is the saved view. */
export function useComparisonView() {
  const { params, get, set } = useUrlState();
  const { days, setDays } = usePeriod();
  const songs = params.getAll("song");
  const artists = songs.length > 0 ? [] : params.getAll("artist");
  const kind = songs.length > 0 ? ("song" as const) : ("artist" as const);
  const ids = [...new Set(kind === "song" ? songs : artists)].slice(0, MAX_SUBJECTS);
  return {
    kind,
    ids,
    days,
    setDays,
    metric: get("metric") || undefined,
    provider: get("provider") || undefined,
    before: get("before") === "1",
    indexed: get("scale") === "index",
    asTable: get("view") === "table",
    set,
    add: (id: string) => set({ [kind]: [...ids, id] }),
    remove: (id: string) => set({ [kind]: ids.filter((each) => each !== id) }),
    choose: (column: { metric: string; provider: string }) => set({ metric: column.metric, provider: column.provider }),
  };
}
