"use client";

import { Link } from "@/components/link";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { InsightRow } from "./insight-row";
import { InsightSheet } from "./insight-sheet";
import { t } from "./messages";
import { useInsights } from "./queries";

const SHOWN = 4;

/** The latest insights about an artist. */
export function ArtistInsights() {
  const { get, set } = useUrlState();
  const { can } = useSession();
  const artist = get("id");
  const open = get("insight");
  const { items, error, refetch } = useInsights({ order: "weight", artist_id: artist });
  if (!can("insights:read")) return null;
  return (
    <Card aria-labelledby="changed-title">
      <CardHeader id="changed-title" title={t("artist.title")}>
        {items && items.length > SHOWN && (
          <Link href={`/insights/?artist=${artist}`} className="text-sm font-medium text-accent hover:underline">
            {t("artist.all")}
          </Link>
        )}
      </CardHeader>
      {error && !items && <ErrorState error={error} what={t("what")} retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows rows={3} />}
      {items?.length === 0 && <p className="px-4 pb-5 text-sm text-muted">{t("artist.none")}</p>}
      {items && items.length > 0 && (
        <ul className="divide-y divide-line border-t border-line">
          {items.slice(0, SHOWN).map((insight) => (
            <InsightRow
              key={insight.id}
              insight={insight}
              compact
              onOpen={() => set({ insight: insight.id }, { push: true })}
            />
          ))}
        </ul>
      )}
      {open && <InsightSheet id={open} onClose={() => set({ insight: null, evidence: null })} />}
    </Card>
  );
}
