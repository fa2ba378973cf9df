"use client";

import { useSearchParams } from "next/navigation";
import { useCallback } from "react";

type Changes = Record<string, string | string[] | null | undefined>;

/** Read and write the view's state in the URL, so that a link shows the same view. */
export function useUrlState() {
  const params = useSearchParams();
  const set = useCallback((changes: Changes, { push = false }: { push?: boolean } = {}) => {
    const next = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries(changes)) {
      next.delete(name);
      if (Array.isArray(value)) value.forEach((each) => next.append(name, each));
      else if (value) next.set(name, value);
    }
    const query = next.toString();
    const url = window.location.pathname + (query ? `?${query}` : "");
    if (push) window.history.pushState(null, "", url);
    else window.history.replaceState(null, "", url);
  }, []);
  return { params, get: (name: string) => params.get(name) ?? "", set };
}
