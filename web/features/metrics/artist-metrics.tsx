"use client";

import { Card } from "@/components/ui/card";
import { ErrorState } from "@/components/ui/state";
import type { Summary, Tile } from "@/lib/api/types";
import { ago, dayRange, moment } from "@/lib/format";
import { usePeriod } from "@/lib/period";
import { useUrlState } from "@/lib/url-state";
import { AssetsCard } from "./assets-card";
import { BreakdownCard } from "./breakdown-card";
import { ChartCard } from "./chart-card";
import { t } from "./messages";
import { useSummary } from "./queries";
import { ChangesCard } from "./songs/changes-card";
import { MatchesCard } from "./songs/matches-card";
import { ReleasesCard } from "./songs/releases-card";
import { SongsCard } from "./songs/songs-card";
import { Tiles, TilesSkeleton } from "./tiles";
import { useChartView } from "./use-chart-view";

/** The key numbers, the chart and the assets of the artist in the URL. */
export function ArtistMetrics() {
  const { get, set } = useUrlState();
  const id = get("id");
  const { days } = usePeriod();
  const summary = useSummary(id, days);
  const view = useChartView(summary.data);
  const empty = summary.data?.tiles.length === 0;

  const pick = (tile: Tile) => {
    set({ metric: [tile.metric], provider: null });
    document.getElementById("chart-title")?.scrollIntoView({ block: "center", behavior: "smooth" });
  };

  return (
    <>
      {summary.error && !summary.data && (
        <Card>
          <ErrorState error={summary.error} what={t("summary.what")} retry={() => void summary.refetch()} />
        </Card>
      )}
      {!summary.data && !summary.error && <TilesSkeleton />}
      {summary.data && !empty && (
        <>
          <p className="-mb-2 text-xs text-muted">
            <Days summary={summary.data} />
          </p>
          <Tiles
            summary={summary.data}
            active={(tile) => view.metrics.includes(tile.metric) && view.providers.includes(tile.provider)}
            onPick={pick}
          />
          <ChartCard artistId={id} summary={summary.data} view={view} />
          <MatchesCard artistId={id} />
          <ChangesCard artistId={id} />
          <BreakdownCard artistId={id} />
          <SongsCard artistId={id} />
          <ReleasesCard artistId={id} />
          <AssetsCard artistId={id} />
        </>
      )}
    </>
  );
}

function Days({ summary: { period, previous, updated_at: updated } }: { summary: Summary }) {
  const days = { days: dayRange(period.from, period.to), before: dayRange(previous.from, previous.to) };
  if (!updated) return t("summary.days", days);
  const time = (chunks: React.ReactNode) => <time title={moment(updated)}>{chunks}</time>;
  return t.rich("summary.daysUpdated", { ...days, ago: ago(updated), time });
}
