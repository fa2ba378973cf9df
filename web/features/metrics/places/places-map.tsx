"use client";

import type { AudiencePlace } from "@/lib/api/types";
import { exact } from "@/lib/format";
import { t } from "./messages";
import { cellOf, placeLabels } from "./places-data";

const WIDTH = 720;
const HEIGHT = 340;
const MARGIN = 34;
const LABEL = 11;
const SMALLEST = 3;
const LARGEST = 18;

const degrees = (value: number, below: "west" | "south", above: "east" | "north") =>
  value === 0 ? "0°" : t(`map.${value < 0 ? below : above}`, { degrees: Math.abs(value) });

/** Cities as circles by longitude and latitude: equirectangular, true at the middle of what is shown. */
export default function PlacesMap({ places, column, unit }: { places: AudiencePlace[]; column: number; unit: string }) {
  const points = places.flatMap((place) => {
    const amount = cellOf(place, column)?.amount;
    return place.place && amount ? [{ ...place.place, amount }] : [];
  });
  if (points.length === 0) return null;
  const latitudes = points.map((point) => point.latitude);
  const longitudes = points.map((point) => point.longitude);
  const [south, north] = [Math.min(...latitudes), Math.max(...latitudes)];
  const [west, east] = [Math.min(...longitudes), Math.max(...longitudes)];
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  // Of one city alone a few degrees around it are shown.
  const scale = Math.min(
    (WIDTH - 2 * MARGIN) / Math.max((east - west) * squeeze, 4),
    (HEIGHT - 2 * MARGIN) / Math.max(north - south, 4),
  );
  const x = (longitude: number) => WIDTH / 2 + (longitude - (west + east) / 2) * squeeze * scale;
  const y = (latitude: number) => HEIGHT / 2 - (latitude - (south + north) / 2) * scale;
  const most = Math.max(...points.map((point) => point.amount));
  const radius = ({ amount }: { amount: number }) => Math.max(SMALLEST, LARGEST * Math.sqrt(amount / most));
  const largest = points.toSorted((a, b) => b.amount - a.amount);
  const labels = placeLabels(
    largest.map((point) => ({ point, x: x(point.longitude), y: y(point.latitude), radius: radius(point) })),
    { width: WIDTH, height: HEIGHT, size: LABEL },
  );
  const step = [1, 2, 5, 10, 15, 30].find((each) => (each * scale) / 1 > 60) ?? 60;
  const lines = (from: number, to: number) => {
    const first = Math.floor(from / step) - 40;
    return Array.from({ length: Math.ceil((to - from) / step) + 81 }, (_, at) => (first + at) * step);
  };
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={t("map.label", { count: points.length })}
      className="w-full"
    >
      {lines(west, east)
        .filter((each) => Math.abs(each) <= 180 && x(each) >= 0 && x(each) <= WIDTH)
        .map((each) => (
          <g key={`x${each}`}>
            <line x1={x(each)} x2={x(each)} y1={0} y2={HEIGHT} stroke="var(--line)" />
            <text x={x(each) + 3} y={HEIGHT - 4} fontSize={9} fill="var(--muted)">
              {degrees(each, "west", "east")}
            </text>
          </g>
        ))}
      {lines(south, north)
        .filter((each) => Math.abs(each) <= 90 && y(each) >= 0 && y(each) <= HEIGHT)
        .map((each) => (
          <g key={`y${each}`}>
            <line x1={0} x2={WIDTH} y1={y(each)} y2={y(each)} stroke="var(--line)" />
            <text x={3} y={y(each) - 3} fontSize={9} fill="var(--muted)">
              {degrees(each, "south", "north")}
            </text>
          </g>
        ))}
      {largest.map((point) => (
        <circle
          key={point.id}
          cx={x(point.longitude)}
          cy={y(point.latitude)}
          r={radius(point)}
          fill="var(--accent)"
          fillOpacity={0.35}
          stroke="var(--accent)"
        >
          <title>{`${point.name}, ${point.country_name}: ${exact(point.amount)} ${unit}`}</title>
        </circle>
      ))}
      {labels.map(({ point, x, y }) => (
        <text key={point.id} x={x} y={y} textAnchor="middle" fontSize={LABEL} fontWeight={600} fill="var(--fg)">
          {point.name}
        </text>
      ))}
    </svg>
  );
}
