"use client";

import { Link } from "@/components/link";
import { Card, CardHeader } from "@/components/ui/card";
import { Checkbox, Select } from "@/components/ui/field";
import { OldData } from "@/components/old-data";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { Comparison, Song } from "@/lib/api/types";
import { day } from "@/lib/format";
import { PERIODS } from "@/lib/period";
import { ChartPart } from "../compare/chart-part";
import { useComparison } from "../compare/queries";
import { useComparisonView } from "../compare/use-comparison-view";
import { meaningOf, optionOf, periodOf } from "../compare/words";
import { t } from "./messages";

/** One number of a song day by day, on the platform that is chosen. */
export function SongTimeline({ song }: { song: Song }) {
  const { days, setDays, metric, provider, before, set, choose } = useComparisonView();
  const { data, error, refetch, isPlaceholderData } = useComparison({
    recording_id: [song.id],
    metric,
    provider,
    days,
  });
  const column = data?.columns[0];
  if (data && !column) return null; // the table of numbers says that there are none
  const key = (each: { provider: string; metric: string }) => `${each.provider} ${each.metric}`;
  return (
    <Card aria-labelledby="song-days-title">
      <CardHeader
        id="song-days-title"
        title={t("days.title")}
        note={column ? `${meaningOf(column)} · ${periodOf(column)}` : " "}
      >
        {column && (
          <Select
            aria-label={t("days.number")}
            className="h-8 w-64 text-sm"
            value={key(column)}
            onChange={(event) => {
              const [provider, metric] = event.target.value.split(" ");
              choose({ provider: provider!, metric: metric! });
            }}
          >
            {data.options.map((option) => (
              <option key={key(option)} value={key(option)}>
                {optionOf(option, 1)}
              </option>
            ))}
          </Select>
        )}
        <SegmentedControl
          label={t("days.period")}
          value={String(days)}
          onChange={(next) => setDays(Number(next))}
          options={PERIODS.map((each) => ({ value: String(each), label: t("days.days", { count: each }) }))}
        />
        <Checkbox
          label={t("days.before")}
          checked={before}
          onChange={(event) => set({ before: event.target.checked ? "1" : null })}
        />
      </CardHeader>
      {error && !data && <ErrorState error={error} what={t("days.title")} retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={6} />}
      {data && column && (
        <OldData when={isPlaceholderData}>
          {hasLine(data) ? (
            <ChartPart comparison={data} view={{ before, indexed: false, asTable: false }} />
          ) : (
            <NoLine song={song} from={column.period.from} note={column.figures[0]?.value_note ?? ""} />
          )}
        </OldData>
      )}
    </Card>
  );
}

const hasLine = ({ lines }: Comparison) => lines.some((line) => line.points.some((point) => point.value !== null));

/** Why there is no line; of a song that came out within the period, where its first days stand. */
function NoLine({ song, from, note }: { song: Song; from: string; note: string }) {
  const release = song.releases.find((each) => each.released_on && each.released_on >= from);
  return (
    <EmptyState title={t("days.none")} className="py-8">
      {release
        ? t.rich("days.isNew", {
            day: day(release.released_on),
            release: (chunks) => (
              <Link href={`/release/?id=${release.id}`} className="font-medium text-accent hover:underline">
                {chunks}
              </Link>
            ),
          })
        : note}
    </EmptyState>
  );
}
