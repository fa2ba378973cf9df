"use client";

import { OldData } from "@/components/old-data";
import { Download, Rows3, SlidersHorizontal, ChartLine as ChartIcon } from "lucide-react";
import dynamic from "next/dynamic";
import { MetricHelp } from "@/components/metric-help";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Select } from "@/components/ui/field";
import { Menu, MenuCheck, MenuContent, MenuLabel, MenuTrigger } from "@/components/ui/menu";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { Skeleton } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { Summary } from "@/lib/api/types";
import { useMetricCatalogue } from "@/lib/api/metric-catalogue";
import { day, dayRange, unitName } from "@/lib/format";
import { providerName } from "@/lib/providers";
import { activeRegional } from "@/lib/regional";
import { metricName } from "@/lib/metric-names/metric-name";
import { dayBefore, daysBack, earlierLines } from "./earlier";
import { axisDays, describe, needsIndex, seriesCsv, toLines } from "./chart-data";
import { ChartMarks } from "./chart-marks";
import { Legend } from "./legend";
import { changesWithin, meaningOf } from "./meanings";
import { t } from "./messages";
import { useChartMarks, useSeries } from "./queries";
import { SeriesTable } from "./series-table";
import { UnbrokenOffer } from "./unbroken-offer";
import type { ChartView } from "./use-chart-view";

const HEIGHT = 320;
const LineChart = dynamic(() => import("@/components/charts/line-chart"), {
  ssr: false,
  loading: () => <Skeleton className="h-80" />,
});

type Props = { artistId: string; summary: Summary; view: ChartView };

export function ChartCard({ artistId, summary, view }: Props) {
  const { from, to, days: length } = summary.period;
  const week = view.bucket === "week" && { week_start: activeRegional().week_start };
  const params = view.metrics.length
    ? { metric: view.metrics, provider: view.providers, from, to, bucket: view.bucket, ...week }
    : null;
  const { data, error, refetch, isPlaceholderData } = useSeries(artistId, params);
  const marks = useChartMarks(artistId, from, to).data ?? [];
  const catalogue = useMetricCatalogue().data ?? [];
  const unbroken = data?.unbroken ?? [];
  const series = [...(data?.series ?? []), ...(view.showsUnbroken ? unbroken : [])];
  const days = axisDays(series);
  const units = new Set(series.map((each) => each.unit));
  const indexed = units.size > 1 || (view.scale ? view.scale === "index" : needsIndex(series));
  const changes = changesWithin(catalogue, view.metrics, view.providers, summary.previous.from, to);
  const lines = toLines(series, days, indexed, (each) => meaningOf(each.metric, changes, each.provider));
  const back = daysBack(view.against ?? "previous", length);
  const earlier = useSeries(
    artistId,
    params && view.against ? { ...params, from: dayBefore(from, back), to: dayBefore(to, back) } : null,
  );
  const before =
    view.against && earlier.data && !earlier.isPlaceholderData && data
      ? earlierLines({ series: data.series, days, indexed, from, to }, earlier.data.series, back, catalogue)
      : { lines: [], notes: [] };
  const unit = indexed ? "index" : ([...units][0] ?? "");
  const names = [...new Map(summary.tiles.map((tile) => [tile.metric, metricName(tile.metric, tile.name)]))];
  const allChanges = changesWithin(
    catalogue,
    names.map(([metric]) => metric),
    view.providers,
    summary.previous.from,
    to,
  );
  const drawn = names.filter(([metric]) => view.metrics.includes(metric));
  const heading = drawn.map(([, name]) => name).join(", ");
  const zones = [...new Set(series.map((each) => each.time_zone))].join(t("chart.and"));

  const save = () => {
    if (!data) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([seriesCsv({ ...data, series })], { type: "text/csv" }));
    link.download = `${t("chart.file", { artist: summary.artist.name, from, to })}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  };

  return (
    <Card aria-labelledby="chart-title">
      <CardHeader
        id="chart-title"
        title={heading || t("chart.title")}
        help={<MetricHelp metrics={drawn.map(([metric, name]) => ({ metric, name }))} />}
        note={[
          dayRange(from, to),
          zones && t("chart.zones", { zones }),
          unit && (indexed ? t("chart.index") : unitName(unit)),
        ]
          .filter(Boolean)
          .join(" · ")}
      >
        <MetricMenu
          names={names.map(([metric, name]) => [metric, name + meaningOf(metric, allChanges)])}
          providers={summary.providers}
          view={view}
        />
        {series.length > 1 && (
          <SegmentedControl
            label={t("chart.scale")}
            value={indexed ? "index" : "values"}
            onChange={(scale) => view.set({ scale })}
            options={[
              { value: "values", label: t("chart.values"), title: t("chart.valuesHint") },
              { value: "index", label: t("chart.indexed"), title: t("chart.indexedHint") },
            ]}
          />
        )}
        <SegmentedControl
          label={t("chart.bucket")}
          value={view.bucket}
          onChange={(bucket) => view.set({ bucket })}
          options={[
            { value: "day", label: t("chart.day") },
            { value: "week", label: t("chart.week") },
            { value: "month", label: t("chart.month") },
          ]}
        />
        {view.bucket === "day" && !view.asTable && (
          <Select
            aria-label={t("chart.against")}
            className="h-8 w-44 text-sm"
            value={view.against ?? ""}
            onChange={(event) => view.set({ against: event.target.value || null })}
          >
            <option value="">{t("chart.againstNone")}</option>
            <option value="previous">{t("chart.againstPrevious")}</option>
            <option value="year">{t("chart.againstYear")}</option>
          </Select>
        )}
        <Button aria-pressed={view.asTable} onClick={() => view.set({ view: view.asTable ? null : "table" })}>
          {view.asTable ? <ChartIcon aria-hidden /> : <Rows3 aria-hidden />}
          {view.asTable ? t("chart.asChart") : t("chart.asTable")}
        </Button>
        <Button onClick={save} disabled={!data} title={t("chart.csvHint")}>
          <Download aria-hidden /> {t("csv")}
        </Button>
      </CardHeader>
      {error && !data && <ErrorState error={error} what={t("chart.what")} retry={() => void refetch()} />}
      {!data && !error && <Skeleton className="mx-4 mb-4 h-80" />}
      {data && series.length === 0 && <EmptyState title={t("chart.none")}>{t("chart.noneHint")}</EmptyState>}
      {data && series.length > 0 && (
        <OldData when={isPlaceholderData}>
          <Legend series={series} lines={lines} length={length} />
          <p className="sr-only">{series.map((each) => describe(each, series, length)).join(" ")}</p>
          {view.asTable ? (
            <SeriesTable series={series} days={days} lines={lines} from={from} to={to} />
          ) : (
            <div className="px-2 pb-1">
              <LineChart
                title={`${heading}, ${dayRange(from, to)}`}
                days={days}
                lines={[...lines, ...before.lines]}
                marks={marks.map((mark) => ({ id: mark.id, on: mark.starts_on, kind: mark.kind, title: mark.title }))}
                breaks={[...new Map(series.flatMap((each) => each.breaks).map((each) => [each.on, each])).values()]}
                gaps={series.length === 1 ? series[0]!.gaps : []}
                unit={unit}
                height={HEIGHT}
              />
            </div>
          )}
          <Notes series={series} more={before.notes} />
          <UnbrokenOffer series={data.series} unbroken={unbroken} view={view} />
          <ChartMarks artistId={artistId} marks={marks} to={to} />
        </OldData>
      )}
    </Card>
  );
}

const GAPS_SHOWN = 4;

function gapsNote(provider: string, gaps: { from: string; to: string }[]): string {
  const shown = gaps.slice(-GAPS_SHOWN).map((gap) => dayRange(gap.from, gap.to));
  const count = gaps.length - shown.length;
  const values = { provider: providerName(provider), days: shown.join(", ") };
  return count > 0 ? t("gaps.more", { ...values, count }) : t("gaps.all", values);
}

function Notes({
  series,
  more,
}: {
  more: string[];
  series: { provider: string; breaks: { on: string; note: string }[]; gaps: { from: string; to: string }[] }[];
}) {
  const notes = series.flatMap((each) => [
    ...each.breaks.map((found) => `${providerName(each.provider)}, ${day(found.on)}: ${found.note}`),
    ...(each.gaps.length ? [gapsNote(each.provider, each.gaps)] : []),
  ]);
  notes.push(...more);
  if (notes.length === 0) return null;
  return (
    <ul className="px-4 pb-3 text-xs text-muted">
      {[...new Set(notes)].map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}

function MetricMenu({ names, providers, view }: { names: [string, string][]; providers: string[]; view: ChartView }) {
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button>
          <SlidersHorizontal aria-hidden /> {t("chart.menu")}
        </Button>
      </MenuTrigger>
      <MenuContent align="end">
        <MenuLabel>{t("chart.platforms")}</MenuLabel>
        {providers.map((each) => (
          <MenuCheck
            key={each}
            checked={view.providers.includes(each)}
            onSelect={(event) => event.preventDefault()}
            onCheckedChange={() => view.toggleProvider(each)}
          >
            {providerName(each)}
          </MenuCheck>
        ))}
        <MenuLabel>{t("chart.metrics")}</MenuLabel>
        {names.map(([metric, name]) => (
          <MenuCheck
            key={metric}
            checked={view.metrics.includes(metric)}
            onSelect={(event) => event.preventDefault()}
            onCheckedChange={() => view.toggleMetric(metric)}
          >
            {name}
          </MenuCheck>
        ))}
      </MenuContent>
    </Menu>
  );
}
