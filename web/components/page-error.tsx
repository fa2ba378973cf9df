"use client";

import { TriangleAlert } from "lucide-react";
import { useEffect, useRef } from "react";
import { Button, buttonStyle } from "@/components/ui/button";
import { ApiError } from "@/lib/api/error";
import { cn } from "@/lib/class-names";
import { t } from "@/components/messages";

/** Return whether a script is missing on the server because ARTi was updated while the page was open. */
function isOutdated(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.name === "ChunkLoadError" || /loading chunk|dynamically imported/i.test(error.message))
  );
}

/** The message to show: our own errors have one, all others get a general one. */
export function pageErrorMessage(error: unknown): string {
  if (error instanceof ApiError || (error instanceof Error && error.name === "AuthError")) return error.message;
  if (isOutdated(error)) return t("error.outdated");
  return t("error.stopped");
}

type Props = { error: unknown; retry: () => void; className?: string };

/** Shown in place of a page that crashed. */
export function PageError({ error, retry, className }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  // The focused page is gone: the focus moves here, so that screen readers announce the error.
  useEffect(() => heading.current?.focus(), []);
  const requestId = error instanceof ApiError ? error.requestId : "";
  return (
    <div role="alert" className={cn("grid place-items-center px-6 py-16 text-center", className)}>
      <div className="grid max-w-md justify-items-center gap-3">
        <span className="grid size-10 place-items-center rounded-full bg-down-soft text-down">
          <TriangleAlert className="size-5" aria-hidden />
        </span>
        <h1 ref={heading} tabIndex={-1} className="text-xl font-semibold outline-none">
          {t("error.title")}
        </h1>
        <p className="text-muted">{pageErrorMessage(error)}</p>
        {requestId && <p className="font-mono text-xs break-all text-muted">{t("error.request", { id: requestId })}</p>}
        <div className="mt-1 flex flex-wrap justify-center gap-2">
          <Button variant="primary" size="md" onClick={isOutdated(error) ? () => window.location.reload() : retry}>
            {isOutdated(error) ? t("error.reload") : t("actions.retry")}
          </Button>
          {/* A full page load: no state of the crashed page is kept. */}
          <a href="/" className={buttonStyle({ size: "md" })}>
            {t("error.toRoster")}
          </a>
        </div>
      </div>
    </div>
  );
}
