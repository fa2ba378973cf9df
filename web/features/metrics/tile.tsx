"use client";

import { Sparkline } from "@/components/charts/sparkline";
import { Delta } from "@/components/delta";
import { ProviderIcon } from "@/components/provider-icon";
import { Badge } from "@/components/ui/badge";
import type { Tile as Shape } from "@/lib/api/types";
import { NO_CHANGE_REASONS, percentChange, type Change } from "@/lib/change";
import { cn } from "@/lib/class-names";
import { compact, dayRange, day, exact, signed, signedPercent, unitLabel } from "@/lib/format";
import { inSentence } from "@/lib/in-sentence";
import { providerLook } from "@/lib/providers";
import { SOURCES } from "@/lib/value-sources";
import { metricInSentence } from "@/lib/metric-names/metric-name";
import { t } from "./messages";

/**
 * Format a tile's change: in percent only where the server returns a percentage. A running total shows what it gained,
 * and how that compares with what it gained before.
 */
export function tileChange(tile: Shape, days: number): Change {
  if (tile.change == null)
    return { text: "–", direction: "none", note: NO_CHANGE_REASONS[tile.change_note ?? "no_previous"] };
  const direction = tile.change > 0 ? "up" : tile.change < 0 ? "down" : "flat";
  if (tile.kind === "counter") {
    const note =
      tile.change_percent != null
        ? t("tile.gainPace", { count: days, percent: signedPercent(tile.change_percent) })
        : tile.change_note === "rounded"
          ? t("tile.gainReason", { count: days, reason: NO_CHANGE_REASONS.rounded })
          : t("tile.gain", { count: days });
    return { text: signed(tile.change), direction, note };
  }
  const note = t("tile.previous", { value: compact(tile.previous), count: days });
  if (tile.change_percent != null) return percentChange(tile.change_percent, note);
  return { text: signed(tile.change), direction, note };
}

type Props = {
  tile: Shape;
  days: number;
  active: boolean;
  onPick: () => void;
  /** The name of the number that goes on with the meaning from before a change. */
  unbroken?: string;
};

/** One number with its period, change, age and source. A click shows it on the chart. */
export function Tile({ tile, days, active, onPick, unbroken }: Props) {
  const style = providerLook(tile.provider);
  const change = tileChange(tile, days);
  const period =
    tile.basis === "sum" && tile.period
      ? dayRange(tile.period.from, tile.period.to)
      : t("asOf", { day: day(tile.as_of) });
  return (
    <button
      type="button"
      onClick={onPick}
      aria-pressed={active}
      title={t("tile.show")}
      className={cn(
        "flex min-w-0 flex-col rounded-card border border-line bg-panel px-3 pt-3 sm:px-4 pb-2.5 text-left shadow-card transition-colors hover:border-field",
        active && "border-accent ring-1 ring-accent hover:border-accent",
      )}
    >
      <span className="flex items-center gap-1.5 text-xs text-muted">
        <ProviderIcon provider={tile.provider} />
        <span className="truncate">
          {style.name} <span className="font-medium text-fg">{metricInSentence(tile.metric, tile.name)}</span>
        </span>
        {tile.stale && (
          <Badge tone="warn" className="ml-auto">
            {tile.age_days == null ? t("tile.stale") : t("tile.old", { count: tile.age_days })}
          </Badge>
        )}
      </span>
      <span className="mt-1.5 flex items-baseline gap-1.5">
        <span
          className="num text-2xl font-semibold tracking-tight"
          title={`${exact(tile.value)} ${unitLabel(tile.value, tile.unit)}`}
        >
          {compact(tile.value)}
        </span>
        <span className="truncate text-xs text-muted">
          {tile.value == null ? tile.null_reason : unitLabel(tile.value, tile.unit)}
        </span>
      </span>
      <span className="mt-0.5 mb-2 flex min-h-5 flex-wrap items-center gap-x-1.5">
        {tile.change != null && <Delta change={change} className={tile.higher_is_better ? "" : "text-fg"} />}
        <span className="text-xs text-muted">{change.note}</span>
      </span>
      <Sparkline values={tile.spark} color={style.color} className="mt-auto" />
      <span className="mt-1.5 text-xs text-muted">
        {[tile.basis !== "sum" && t(`basis.${tile.basis}`), period, SOURCES[tile.source]].filter(Boolean).join(" · ")}
        {tile.definition_break && (
          <span className="text-warn" title={tile.definition_break.note}>
            {" · "}
            {unbroken
              ? t("tile.changedUnbroken", { day: day(tile.definition_break.on), name: inSentence(unbroken) })
              : t("tile.changed", { day: day(tile.definition_break.on) })}
          </span>
        )}
      </span>
    </button>
  );
}
