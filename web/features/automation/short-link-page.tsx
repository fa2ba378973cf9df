"use client";

import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useEffect } from "react";
import { Card } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import { call } from "@/lib/api/client";
import { t } from "./messages";

/** The short link of an SMS: /s/?<code>. It leads to the story or the account, in its own org. */
export function ShortLinkPage() {
  const code = useSearchParams().toString().replace(/=$/, "");
  const { data, error, refetch } = useQuery({
    queryKey: ["short-links", code],
    queryFn: () => call((client) => client.GET("/api/short-links/{code}", { params: { path: { code } } })),
  });
  useEffect(() => {
    // A new page, which reads the org of the link.
    if (data) window.location.replace(data.path);
  }, [data]);
  return (
    <Card>
      <h1 className="sr-only">{t("shortLink.title")}</h1>
      {error ? (
        <ErrorState error={error} what={t("shortLink.what")} retry={() => void refetch()} />
      ) : (
        <SkeletonRows rows={4} />
      )}
    </Card>
  );
}
