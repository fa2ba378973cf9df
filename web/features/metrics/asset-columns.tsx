import { ExternalLink } from "lucide-react";
import { columnHelper, type Column } from "@/components/data-table";
import { ProviderName } from "@/components/provider-icon";
import { AssetKind } from "@/components/asset-kind";
import type { Asset } from "@/lib/api/types";
import { compact, day, exact, unitLabel } from "@/lib/format";
import { providerName } from "@/lib/providers";
import { metricName } from "@/lib/metric-names/metric-name";
import { t } from "./messages";

const MAX_NUMBERS = 3;
const column = columnHelper<Asset>();

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function Title({ asset }: { asset: Asset }) {
  return (
    <span className="flex max-w-[44ch] min-w-40 items-center gap-1.5">
      <span className="truncate font-medium" title={asset.title}>
        {asset.title}
      </span>
      {asset.url && (
        <a
          href={asset.url}
          target="_blank"
          rel="noreferrer"
          className="shrink-0 text-muted hover:text-accent"
          aria-label={t("assets.open", { title: asset.title, provider: providerName(asset.provider) })}
        >
          <ExternalLink className="size-3.5" aria-hidden />
        </a>
      )}
    </span>
  );
}

/** The metrics that most of the assets have, each with its own period. */
function commonNumbers(assets: Asset[]) {
  const found = new Map<string, { metric: string; period: string; name: string; count: number }>();
  for (const { metric, period, name } of assets.flatMap((asset) => asset.values)) {
    const key = `${metric} ${period}`;
    const before = found.get(key);
    found.set(key, { metric, period, name, count: (before?.count ?? 0) + 1 });
  }
  return [...found.entries()].sort((a, b) => b[1].count - a[1].count).slice(0, MAX_NUMBERS);
}

/** Build the columns for these assets. Memoise the result: the table needs a stable identity. */
export function assetColumns(assets: Asset[]): Column<Asset>[] {
  return [
    column.accessor("title", { header: () => t("columns.title"), cell: ({ row }) => <Title asset={row.original} /> }),
    column.accessor("provider", {
      header: () => t("columns.platform"),
      cell: ({ getValue }) => <ProviderName provider={getValue()} />,
    }),
    column.accessor("kind", {
      header: () => t("columns.kind"),
      cell: ({ row }) => <AssetKind asset={row.original} />,
    }),
    column.accessor((asset) => asset.released_on ?? undefined, {
      id: "released",
      header: () => t("columns.released"),
      cell: ({ row }) => <span className="whitespace-nowrap text-muted">{day(row.original.released_on)}</span>,
      sortUndefined: "last",
    }),
    ...commonNumbers(assets).map(([key, { metric, period, name }]) => {
      const of = (asset: Asset) => asset.values.find((each) => each.metric === metric && each.period === period);
      return column.accessor((asset) => of(asset)?.value ?? undefined, {
        id: key,
        header: () => (
          <span className="text-right">
            {capital(metricName(metric, name).replace(/^Lifetime /, ""))} <span className="font-normal">{period}</span>
          </span>
        ),
        cell: ({ row }) => {
          const found = of(row.original);
          if (!found)
            return (
              <span className="text-muted" title={t("assets.notAvailable")}>
                –
              </span>
            );
          return (
            <span
              title={t("assets.number", {
                value: exact(found.value),
                unit: unitLabel(found.value, found.unit),
                day: day(found.as_of),
              })}
            >
              {compact(found.value)}
            </span>
          );
        },
        sortUndefined: "last",
        sortDescFirst: true,
        meta: { align: "right" },
      });
    }),
  ] as Column<Asset>[];
}
