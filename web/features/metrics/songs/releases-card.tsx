"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { Link } from "@/components/link";
import { LoadMore } from "@/components/load-more";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import { day } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { AddReleaseDialog } from "../release/release-dialog";
import { t } from "./messages";
import { releaseKind } from "./labels";
import { useReleases } from "./queries";

/** The releases of an artist, also compilations with one of their songs. */
export function ReleasesCard({ artistId }: { artistId: string }) {
  const { can } = useSession();
  const [adding, setAdding] = useState(false);
  const { items, error, refetch, isPlaceholderData, ...paging } = useReleases(artistId);
  return (
    <Card aria-labelledby="releases-title" old={isPlaceholderData}>
      <CardHeader id="releases-title" title={t("releases.title")}>
        {can("roster:write") && (
          <Button onClick={() => setAdding(true)}>
            <Plus aria-hidden /> {t("releases.add")}
          </Button>
        )}
      </CardHeader>
      {error && !items && <ErrorState error={error} what={t("releases.what")} retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows />}
      {items && items.length > 0 && (
        <ul className="divide-y divide-line">
          {items.map((release) => (
            <li key={release.id} className="flex flex-wrap items-baseline gap-x-3 px-4 py-2 text-sm">
              <Link
                href={`/release/?id=${release.id}`}
                className="min-w-40 flex-1 truncate font-medium hover:text-accent"
                title={release.title}
              >
                {release.title}
              </Link>
              <span className="text-muted capitalize">{releaseKind(release.kind)}</span>
              <span className="text-muted">{t("releases.tracks", { count: release.track_count })}</span>
              {release.label && <span className="text-muted">{release.label}</span>}
              <span className="whitespace-nowrap text-muted">{day(release.released_on)}</span>
            </li>
          ))}
        </ul>
      )}
      {items?.length === 0 && <EmptyState title={t("releases.none")}>{t("releases.noneHint")}</EmptyState>}
      <LoadMore {...paging} />
      {adding && <AddReleaseDialog artistId={artistId} onClose={() => setAdding(false)} />}
    </Card>
  );
}
