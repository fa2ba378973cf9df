"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import type { Summary, Tile as Shape } from "@/lib/api/types";
import { t } from "./messages";
import { Tile } from "./tile";
import { orderTiles } from "./tile-order";

const INITIAL_COUNT = 8;
const GRID = "grid grid-cols-2 gap-3 lg:grid-cols-4";

type Props = { summary: Summary; active: (tile: Shape) => boolean; onPick: (tile: Shape) => void };

export function Tiles({ summary, active, onPick }: Props) {
  const [all, setAll] = useState(false);
  const tiles = orderTiles(summary.tiles);
  const shown = all ? tiles : tiles.slice(0, INITIAL_COUNT);
  return (
    <section aria-label={t("tiles.label")}>
      <div className={GRID}>
        {shown.map((tile) => (
          <Tile
            key={tile.series_id}
            tile={tile}
            days={summary.period.days}
            active={active(tile)}
            onPick={() => onPick(tile)}
            unbroken={
              tiles.find(
                (each) => each.provider === tile.provider && each.metric === tile.definition_break?.continued_as,
              )?.name
            }
          />
        ))}
      </div>
      {summary.tiles.length > INITIAL_COUNT && (
        <Button variant="link" className="mt-2" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t("tiles.fewer") : t("tiles.all", { count: summary.tiles.length })}
        </Button>
      )}
    </section>
  );
}

export function TilesSkeleton() {
  return (
    <div className={GRID} role="status" aria-label={t("tiles.loading")}>
      {Array.from({ length: 4 }, (_, tile) => (
        <div key={tile} className="grid h-[174px] content-start gap-3 rounded-card border border-line bg-panel p-4">
          <Skeleton className="h-3 w-2/3" />
          <Skeleton className="h-7 w-1/2" />
          <Skeleton className="h-3 w-3/4" />
          <Skeleton className="h-8" />
        </div>
      ))}
    </div>
  );
}
