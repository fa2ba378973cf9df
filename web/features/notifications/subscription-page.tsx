"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Logo } from "@/components/logo";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { ApiError, errorMessage, unreachable } from "@/lib/api/error";
import type { Subscription } from "@/lib/api/types";
import { readConfig } from "@/lib/config";
import { t } from "@/components/notifications/messages";

/** Ask the API with the token of a mail's link: without the session that this browser may have. */
async function ask(token: string, frequency?: string): Promise<Subscription> {
  const { apiUrl } = await readConfig();
  const body = JSON.stringify({ frequency });
  const options = frequency ? { method: "PUT", headers: { "Content-Type": "application/json" }, body } : {};
  const url = `${apiUrl}/api/subscription?token=${encodeURIComponent(token)}`;
  const response = await fetch(url, options).catch(() => {
    throw unreachable();
  });
  const answer: unknown = await response.json().catch(() => ({}));
  if (response.ok) return answer as Subscription;
  throw new ApiError(response.status, answer as Record<string, unknown>, response.headers.get("X-Request-Id") ?? "");
}

/** Where the links of a mail lead: #token=...&set=off changes it at once, and the page takes it back. */
export function SubscriptionPage() {
  const [link, setLink] = useState<{ token: string; set: string } | null>(null);
  useEffect(() => {
    const given = new URLSearchParams(window.location.hash.slice(1));
    setLink({ token: given.get("token") ?? "", set: given.get("set") ?? "" });
  }, []);
  const { data, error } = useQuery({
    queryKey: ["subscription", link],
    queryFn: () => ask(link!.token, link!.set || undefined),
    enabled: Boolean(link?.token),
    retry: false,
    staleTime: Infinity,
  });
  const change = useMutation({ mutationFn: (frequency: string) => ask(link!.token, frequency) });
  const shown = change.data ?? data;
  const broken = link?.token === "" ? t("link.noToken") : error ? errorMessage(error) : null;
  return (
    <main id="main" className="mx-auto grid w-full max-w-md grid-cols-1 gap-5 px-4 py-10">
      <Logo />
      {broken ? (
        <div>
          <h1 className="text-xl font-semibold tracking-tight">{t("link.broken")}</h1>
          <p className="mt-1 text-muted">{broken}</p>
        </div>
      ) : !shown ? (
        <div role="status" aria-label={t("link.wait")} className="grid gap-3">
          <h1 className="sr-only">{t("link.title")}</h1>
          <Skeleton className="h-7 w-48" />
          <Skeleton className="w-64" />
        </div>
      ) : (
        <div className="grid gap-4">
          <div>
            <p className="text-sm text-muted">{shown.org_name}</p>
            <h1 className="text-xl font-semibold tracking-tight">{t(`parts.${shown.part}`)}</h1>
            <p role="status" className="mt-1">
              {t(`states.${shown.frequency}`)}
            </p>
          </div>
          <div className="flex flex-wrap gap-2">
            {shown.choices
              .filter((choice) => choice !== shown.frequency)
              .map((choice) => (
                <Button key={choice} disabled={change.isPending} onClick={() => change.mutate(choice)}>
                  {t(`choices.${choice}`)}
                </Button>
              ))}
          </div>
          {change.error && <p className="text-sm text-down">{errorMessage(change.error)}</p>}
          <p className="text-sm text-muted">{t("link.scope")}</p>
        </div>
      )}
    </main>
  );
}
