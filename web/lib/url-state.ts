"use client";

import { useSearchParams } from "next/navigation";
import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";

type Changes = Record<string, string | string[] | null | undefined>;

// The router takes up an address that was written in a transition, which may come late on a slow
// machine. What was written holds until then, so that a control shows at once what was chosen.
let written: string | null = null;
const listeners = new Set<() => void>();

function setWritten(value: string | null) {
  if (value === written) return;
  written = value;
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function addressOf(query: string) {
  return window.location.pathname + (query ? `?${query}` : "");
}

/** Read and write the view's state in the URL, so that a link shows the same view. */
export function useUrlState() {
  const routed = useSearchParams().toString();
  const ahead = useSyncExternalStore(
    subscribe,
    () => written,
    () => null,
  );
  useEffect(() => {
    // The router has caught up, or the page was left meanwhile.
    const here = addressOf(new URLSearchParams(window.location.search).toString());
    if (written !== null && (written === addressOf(routed) || written !== here)) setWritten(null);
  }, [routed, ahead]);

  const params = useMemo(() => {
    const query = ahead === null ? routed : (ahead.split("?")[1] ?? "");
    return new URLSearchParams(query);
  }, [routed, ahead]);
  const set = useCallback((changes: Changes, { push = false }: { push?: boolean } = {}) => {
    const next = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries(changes)) {
      next.delete(name);
      if (Array.isArray(value)) value.forEach((each) => next.append(name, each));
      else if (value) next.set(name, value);
    }
    const url = addressOf(next.toString());
    if (push) window.history.pushState(null, "", url);
    else window.history.replaceState(null, "", url);
    setWritten(url);
  }, []);
  return { params, get: (name: string) => params.get(name) ?? "", set };
}
