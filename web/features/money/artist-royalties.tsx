"use client";

import { Link } from "@/components/link";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState } from "@/components/ui/state";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { t } from "./messages";
import { useRoyaltyTotals } from "./queries";
import { amount, joined, period, TotalsTable } from "./totals-table";

/** The royalties of the artist in the URL by store, for those who may see money and if there are any. */
export function ArtistRoyalties() {
  const { can } = useSession();
  const artist = useUrlState().get("id");
  const may = can("money:read");
  const { data, error, refetch } = useRoyaltyTotals({ group_by: "store", artist_id: artist }, may);
  if (!may || data?.items.length === 0) return null;
  return (
    <Card aria-labelledby="artist-royalties-title">
      <CardHeader
        id="artist-royalties-title"
        title={t("title")}
        note={
          data &&
          t("artist.note", {
            sums: joined(
              data.overall.map((total) => t("artist.sum", { amount: amount(total), period: period(total) })),
            ),
            sources: data.sources.join(", "),
          })
        }
      >
        <Link href={`/royalties/?artist=${artist}`} className="text-sm font-medium text-accent hover:underline">
          {t("artist.more")}
        </Link>
      </CardHeader>
      {error && !data && <ErrorState error={error} what={t("what")} retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={3} />}
      {data && <TotalsTable totals={data} />}
    </Card>
  );
}
