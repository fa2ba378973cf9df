"use client";

import { Sparkline } from "@/components/charts/sparkline";
import { Delta } from "@/components/delta";
import { ProviderIcon } from "@/components/provider-icon";
import { Badge } from "@/components/ui/badge";
import type { Tile as Shape } from "@/lib/api/types";
import { percentChange, type Change } from "@/lib/change";
import { cn } from "@/lib/class-names";
import { compact, dayRange, day, exact, plural, signed, unitLabel } from "@/lib/format";
import { PROVIDERS } from "@/lib/providers";

export const NO_CHANGE_REASONS = {
  no_previous: "no earlier data to compare with",
  definition_break: "the platform changed what it counts",
  days_missing: "days are missing, so no comparison",
  small_base: "a small base: shown as a number",
} as const;

/** Word a tile's change. A percent only where the server says that it is honest. */
export function tileChange(tile: Shape, days: number): Change {
  if (tile.change == null)
    return { text: "–", direction: "none", note: NO_CHANGE_REASONS[tile.change_note ?? "no_previous"] };
  const note = `vs ${compact(tile.previous)}, ${plural(days, "day")} before`;
  if (tile.change_percent != null) return percentChange(tile.change_percent, note);
  return { text: signed(tile.change), direction: tile.change > 0 ? "up" : tile.change < 0 ? "down" : "flat", note };
}

const BASIS = { sum: "", last: "latest", mean: "daily average", day: "one day" } as const;

type Props = { tile: Shape; days: number; active: boolean; onPick: () => void };

/** One number: what, how much, since when, against what, and where from. A click puts it on the chart. */
export function Tile({ tile, days, active, onPick }: Props) {
  const look = PROVIDERS[tile.provider];
  const change = tileChange(tile, days);
  const period =
    tile.basis === "sum" && tile.period ? dayRange(tile.period.from, tile.period.to) : `as of ${day(tile.as_of)}`;
  return (
    <button
      type="button"
      onClick={onPick}
      aria-pressed={active}
      title="Show on the chart"
      className={cn(
        "flex min-w-0 flex-col rounded-card border border-line bg-panel px-3 pt-3 sm:px-4 pb-2.5 text-left shadow-card transition-colors hover:border-field",
        active && "border-accent ring-1 ring-accent hover:border-accent",
      )}
    >
      <span className="flex items-center gap-1.5 text-xs text-muted">
        <ProviderIcon provider={tile.provider} />
        <span className="truncate">
          {look.name} <span className="font-medium text-fg">{tile.name.toLowerCase()}</span>
        </span>
        {tile.stale && (
          <Badge tone="warn" className="ml-auto">
            {tile.age_days == null ? "Stale" : `${plural(tile.age_days, "day")} old`}
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
      <Sparkline values={tile.spark} color={look.color} className="mt-auto" />
      <span className="mt-1.5 text-xs text-muted">
        {[BASIS[tile.basis], period, tile.source === "import" ? "from a file" : "synced"].filter(Boolean).join(" · ")}
        {tile.definition_break && (
          <span className="text-warn" title={tile.definition_break.note}>
            {" "}
            · counted differently since {day(tile.definition_break.on)}
          </span>
        )}
      </span>
    </button>
  );
}
