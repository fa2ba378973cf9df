"use client";

import { useEffect } from "react";
import { useOnDemand } from "@/lib/on-demand";

type Dialog = React.ComponentType<{ startsOpen: boolean }>;

/** A dialog whose script is loaded when it is opened for the first time. `load` must be stable. */
export function OnEvent({ event, load }: { event: string; load: () => Promise<Dialog> }) {
  const { loaded, open } = useOnDemand(load);
  useEffect(() => {
    if (loaded) return;
    const listener = () => void open();
    window.addEventListener(event, listener);
    return () => window.removeEventListener(event, listener);
  }, [loaded, event, open]);
  return loaded ? <loaded.Component startsOpen /> : null;
}
