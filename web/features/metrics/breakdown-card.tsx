"use client";

import { OldData } from "@/components/old-data";
import { Card, CardHeader } from "@/components/ui/card";
import { Checkbox, Select } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { AvailableBreakdown, BreakdownResponse } from "@/lib/api/types";
import { exact, percent, unitLabel, unitName } from "@/lib/format";
import { inSentence } from "@/lib/in-sentence";
import { providerName } from "@/lib/providers";
import { useUrlState } from "@/lib/url-state";
import { SOURCES } from "@/lib/value-sources";
import { metricName } from "@/lib/metric-names/metric-name";
import { useBreakdown, useBreakdowns } from "./breakdown-queries";
import { t } from "./messages";

const MAX_PARTS = 25;

const keyOf = (each: AvailableBreakdown) => [each.provider, each.metric, each.period].join("|");

type Props = { artistId: string; recordingId?: string; children?: React.ReactNode };

/** A number by country, city, age, source: parts with their share, and what a missing part means. */
export function BreakdownCard({ artistId, recordingId, children }: Props) {
  const { get, set } = useUrlState();
  const { data, error, refetch } = useBreakdowns(artistId, recordingId);
  const numbers = [...new Map(data?.map((each) => [keyOf(each), each])).values()];
  const number = numbers.find((each) => keyOf(each) === get("split")) ?? numbers[0];
  const ways = data?.filter((each) => number && keyOf(each) === keyOf(number)) ?? [];
  const way = ways.find((each) => each.dimension === get("by")) ?? ways[0];
  const byMetro = way?.dimension === "city" && get("metro") === "1";
  return (
    <Card aria-labelledby="breakdown-title">
      <CardHeader id="breakdown-title" title={t("breakdown.title")} note={t("breakdown.note")}>
        {children}
        {number && way && (
          <>
            <Select
              aria-label={t("breakdown.number")}
              className="h-8 w-64 text-sm"
              value={keyOf(number)}
              onChange={(event) => set({ split: event.target.value, by: null })}
            >
              {numbers.map((each) => (
                <option key={keyOf(each)} value={keyOf(each)}>
                  {optionLabel(each)}
                </option>
              ))}
            </Select>
            <Select
              aria-label={t("breakdown.by")}
              className="h-8 w-44 text-sm"
              value={way.dimension}
              onChange={(event) => set({ by: event.target.value })}
            >
              {ways.map((each) => (
                <option key={each.dimension} value={each.dimension}>
                  {each.dimension_name}
                </option>
              ))}
            </Select>
            {way.dimension === "city" && (
              <Checkbox
                label={t("breakdown.metro")}
                checked={byMetro}
                onChange={(event) => set({ metro: event.target.checked ? "1" : null })}
              />
            )}
          </>
        )}
      </CardHeader>
      {error && !data && <ErrorState error={error} what={t("breakdown.whatAll")} retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={4} />}
      {data?.length === 0 && (
        <EmptyState title={t("breakdown.none")}>
          {recordingId ? t("breakdown.noneOfSong") : t("breakdown.noneHint")}
        </EmptyState>
      )}
      {way && <Parts artistId={artistId} recordingId={recordingId} way={way} byMetro={byMetro} />}
    </Card>
  );
}

export function periodLabel(period: string): string {
  return period === "lifetime" ? t("breakdown.allTime") : t("breakdown.days", { days: period.replace("day", "") });
}

function optionLabel({ name, provider_name, period }: AvailableBreakdown): string {
  const number = { metric: name, provider: provider_name };
  return period
    ? t("breakdown.optionPeriod", { ...number, period: periodLabel(period) })
    : t("breakdown.option", number);
}

type PartsProps = { artistId: string; recordingId: string | undefined; way: AvailableBreakdown; byMetro: boolean };

function Parts({ artistId, recordingId, way, byMetro }: PartsProps) {
  const { metric, provider, dimension, period } = way;
  const params = {
    metric,
    provider,
    dimension,
    period,
    recording_id: recordingId,
    ...(byMetro ? { group: "metro" as const } : {}),
  };
  const { data, error, refetch, isPlaceholderData } = useBreakdown(artistId, params);
  if (error && !data) return <ErrorState error={error} what={t("breakdown.what")} retry={() => void refetch()} />;
  if (!data) return <SkeletonRows rows={4} />;
  const unit = data.metric.unit;
  const most = Math.max(...data.parts.map((part) => part.amount ?? 0), 1);
  return (
    <OldData when={isPlaceholderData}>
      <div className="overflow-x-auto">
        <table className="w-full text-sm">
          <caption className="sr-only">
            {t("breakdown.caption", {
              metric: metricName(data.metric.slug, data.metric.name),
              dimension: data.dimension_name,
            })}
          </caption>
          <thead className="text-left text-xs text-muted">
            <tr>
              <th className="px-4 py-1.5 font-medium">{data.dimension_name}</th>
              <th className="px-4 py-1.5 text-right font-medium">{`${metricName(data.metric.slug, data.metric.name)}, ${unitName(unit)}`}</th>
              <th className="px-4 py-1.5 text-right font-medium">{t("breakdown.share")}</th>
              <th className="px-4 py-1.5 font-medium">{t("breakdown.source")}</th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line border-t border-line">
            {data.parts.slice(0, MAX_PARTS).map((part) => (
              <tr key={part.value}>
                <th scope="row" className="px-4 py-1.5 text-left font-normal">
                  {part.name}
                  {part.place && <span className="text-muted">{`, ${part.place.country_name}`}</span>}
                  <span
                    aria-hidden
                    className="mt-0.5 block h-1 rounded-full bg-accent"
                    style={{ width: `${(100 * (part.amount ?? 0)) / most}%` }}
                  />
                </th>
                <td className="px-4 py-1.5 text-right tabular-nums">{`${exact(part.amount)} ${unitLabel(part.amount, unit)}`}</td>
                <td className="px-4 py-1.5 text-right tabular-nums">{percent(part.share_percent)}</td>
                <td className="px-4 py-1.5 text-muted">{`${providerName(data.provider)}, ${SOURCES[part.source]}`}</td>
              </tr>
            ))}
            {data.remainder.value != null && data.remainder.value > 0 && (
              <tr className="text-muted">
                <th scope="row" className="px-4 py-1.5 text-left font-normal">
                  {t("breakdown.unknown")}
                </th>
                <td className="px-4 py-1.5 text-right tabular-nums">{exact(data.remainder.value)}</td>
                <td className="px-4 py-1.5 text-right tabular-nums">{percent(data.remainder.share_percent)}</td>
                <td className="px-4 py-1.5">{t("breakdown.remainder")}</td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
      <Notes data={data} />
    </OldData>
  );
}

function Notes({ data }: { data: BreakdownResponse }) {
  const hidden = Math.max(0, data.parts.length - MAX_PARTS);
  const notes = [
    data.period && t("breakdown.period", { period: data.period.label }),
    data.whole.value != null &&
      t("breakdown.whole", {
        value: `${exact(data.whole.value)} ${unitLabel(data.whole.value, data.metric.unit)}`,
        name: inSentence(data.whole.name ?? ""),
      }),
    data.whole.note,
    data.total.note,
    data.rule.absent,
    hidden > 0 && t("breakdown.hidden", { count: hidden }),
    data.note,
    (data.dimension === "city" || data.dimension_name === "Metro area") && t("breakdown.places"),
  ].filter(Boolean);
  return <p className="px-4 py-2.5 text-xs text-muted">{[...new Set(notes)].join(" ")}</p>;
}
