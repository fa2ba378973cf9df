"use client";

import { CloudOff } from "lucide-react";
import { useSyncExternalStore } from "react";
import { Button } from "@/components/ui/button";
import { askAgain, blockedPath, subscribe } from "@/lib/keep-page";
import { t } from "@/components/messages";

/** Says that the page asked for cannot be loaded now; this one stays, with everything that was typed. */
export function OfflineBanner() {
  const blocked = useSyncExternalStore(subscribe, blockedPath, () => null);
  const offline = useSyncExternalStore(
    subscribe,
    () => !navigator.onLine,
    () => false,
  );
  if (blocked === null && !offline) return null;
  return (
    <div
      role="alert"
      className="sticky top-2 z-10 mb-4 flex flex-wrap items-center gap-x-4 gap-y-1 rounded-card bg-warn-soft px-4 py-2 text-sm text-warn shadow-lift"
    >
      <CloudOff className="size-4 shrink-0" aria-hidden />
      <span className="min-w-0 flex-1 basis-64">{blocked === null ? t("shell.offline") : t("shell.blocked")}</span>
      {blocked !== null && <Button onClick={askAgain}>{t("actions.retry")}</Button>}
    </div>
  );
}
