"use client";

import dynamic from "next/dynamic";
import type { AgeLine } from "@/components/charts/age-chart";
import { Delta } from "@/components/delta";
import { Link } from "@/components/link";
import { ProviderName } from "@/components/provider-icon";
import { Card, CardHeader } from "@/components/ui/card";
import { Skeleton } from "@/components/ui/skeleton";
import type { ReleaseStartPlatform } from "@/lib/api/types";
import { percentChange } from "@/lib/change";
import { compact, day, exact, unitLabel, unitName } from "@/lib/format";
import { providerLook } from "@/lib/providers";
import { metricName } from "@/lib/metric-names/metric-name";
import { t } from "./messages";
import { paceInWords, sourceOf, whyNot } from "./words";

const AgeChart = dynamic(() => import("@/components/charts/age-chart"), {
  ssr: false,
  loading: () => <Skeleton className="h-60" />,
});

// The newest of the earlier releases is the strongest of their lines.
const EARLIER_DASHES = ["6 3", "2 3", "8 3 2 3", "4 6", "1 4", "10 4"];

/** A platform's number of the release after 1, 3, 7, 14 and 28 days, with the earlier releases at the same age. */
export function PlatformCard({ platform }: { platform: ReleaseStartPlatform }) {
  const { curve, earlier, unit } = platform;
  const id = `release-${platform.provider}`;
  const lines: AgeLine[] = [
    ...earlier.map((each, at) => ({
      id: each.release_id,
      name: each.title,
      color: "var(--muted)",
      dash: EARLIER_DASHES[at % EARLIER_DASHES.length]!,
      width: 1.25,
      values: each.values,
    })),
    {
      id: curve.release_id,
      name: curve.title,
      color: providerLook(platform.provider).color,
      dash: "",
      width: 2.5,
      values: curve.values,
    },
  ];
  return (
    <Card aria-labelledby={id}>
      <CardHeader
        id={id}
        title={
          <span className="flex items-center gap-2">
            <ProviderName provider={platform.provider} /> {metricName(platform.metric, platform.name)}
          </span>
        }
        note={sourceOf(platform)}
      />
      <p className="px-4 pb-2 text-sm">
        <span className="font-medium">{t("pace.title")}: </span>
        {platform.pace ? paceInWords(platform.pace, unit) : platform.pace_note}
      </p>
      <Ages platform={platform} />
      {lines.some((line) => line.values.some((value) => value !== null)) && (
        <div className="border-t border-line px-2 pt-2">
          <AgeChart
            title={t("ages.curves", { title: curve.title })}
            lines={lines}
            ticks={platform.ages.map((each) => each.age)}
            unit={unit}
          />
        </div>
      )}
      <ul className="flex flex-wrap gap-x-5 gap-y-1 px-4 py-2 text-xs text-muted">
        {lines.toReversed().map((line) => (
          <li key={line.id} className="flex items-center gap-1.5">
            <svg viewBox="0 0 22 4" className="h-1 w-5.5" aria-hidden>
              <line x1="0" x2="22" y1="2" y2="2" stroke={line.color} strokeWidth="3" strokeDasharray={line.dash} />
            </svg>
            {line.id === curve.release_id ? (
              <span className="font-medium text-fg">{line.name}</span>
            ) : (
              <Link href={`/release/?id=${line.id}`} className="py-1 hover:text-accent">
                {line.name}
              </Link>
            )}
            <span>{day([curve, ...earlier].find((each) => each.release_id === line.id)!.released_on)}</span>
            <span>{counted([curve, ...earlier].find((each) => each.release_id === line.id)!)}</span>
          </li>
        ))}
      </ul>
      {platform.note && <p className="border-t border-line px-4 py-2 text-xs text-muted">{platform.note}</p>}
    </Card>
  );
}

const counted = (curve: { tracks: number; track_count: number }) =>
  curve.tracks < curve.track_count ? t("ages.tracks", { counted: exact(curve.tracks), count: curve.track_count }) : "";

function Ages({ platform }: { platform: ReleaseStartPlatform }) {
  const { unit, provider_name } = platform;
  return (
    <div
      className="overflow-x-auto border-t border-line"
      tabIndex={0}
      role="region"
      aria-label={t("ages.region", { provider: provider_name })}
    >
      <table className="w-full text-sm">
        <caption className="sr-only">{t("ages.region", { provider: provider_name })}</caption>
        <thead className="text-xs text-muted">
          <tr className="border-b border-line">
            <th scope="col" className="px-4 py-1.5 text-left font-medium">
              {t("ages.age")}
            </th>
            <th scope="col" className="px-4 py-1.5 text-right font-medium">
              {t("ages.own", { unit: unitName(unit) })}
            </th>
            <th scope="col" className="px-4 py-1.5 text-right font-medium">
              {t("ages.before", { unit: unitName(unit) })}
            </th>
            <th scope="col" className="px-4 py-1.5 text-right font-medium">
              {t("ages.median", { unit: unitName(unit) })}
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line/70">
          {platform.ages.map((figure) => (
            <tr key={figure.age}>
              <th scope="row" className="px-4 py-1.5 text-left font-normal whitespace-nowrap">
                {t("ages.days", { count: figure.age })}
              </th>
              <td className="px-4 py-1.5 text-right">
                {figure.value === null ? (
                  <span className="text-xs text-muted">– {whyNot(figure, provider_name)}</span>
                ) : (
                  <span className="inline-flex items-baseline gap-2">
                    {figure.change_percent !== null && (
                      <Delta change={percentChange(figure.change_percent, t("ages.against"))} className="text-xs" />
                    )}
                    <span
                      className="num font-semibold"
                      title={`${exact(figure.value)} ${unitLabel(figure.value, unit)}`}
                    >
                      {compact(figure.value)}
                    </span>
                  </span>
                )}
              </td>
              <td className="num px-4 py-1.5 text-right">
                {figure.previous === null ? (
                  <None />
                ) : (
                  <span title={exact(figure.previous)}>{compact(figure.previous)}</span>
                )}
              </td>
              <td className="num px-4 py-1.5 text-right">
                {figure.median === null ? (
                  <None />
                ) : (
                  <>
                    <span title={exact(figure.median)}>{compact(figure.median)}</span>{" "}
                    <span className="text-xs text-muted">{t("ages.of", { count: figure.releases })}</span>
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const None = () => <span className="text-xs text-muted">– {t("ages.none")}</span>;
