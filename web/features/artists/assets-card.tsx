"use client";

import { ExternalLink } from "lucide-react";
import { columnsOf, DataTable, type Column } from "@/components/data-table";
import { Filter } from "@/components/filter";
import { More } from "@/components/more";
import { ProviderName } from "@/components/provider-mark";
import { Card, CardHead } from "@/components/ui/card";
import { Select } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Empty, Failed, NoMatch } from "@/components/ui/state";
import type { Asset, Provider } from "@/lib/api/types";
import { compact, day, exact, unitWord } from "@/lib/format";
import { PROVIDER_NAMES, providerName } from "@/lib/providers";
import { useUrlState } from "@/lib/url-state";
import { useAssets, type AssetWish } from "./queries";

const KINDS: Asset["kind"][] = ["track", "album", "video", "post", "playlist"];

function Values({ values }: { values: Asset["values"] }) {
  if (values.length === 0) return <span className="text-muted" title="Nothing collected for it yet">–</span>;
  return (
    <span className="flex flex-wrap justify-end gap-x-4 gap-y-0.5">
      {values.slice(0, 3).map((each) => (
        <span key={each.metric + each.period} className="whitespace-nowrap" title={`${each.name}: ${exact(each.value)} ${unitWord(each.value, each.unit)}, ${each.period}, as of ${day(each.as_of)}`}>
          <span className="num font-medium">{compact(each.value)}</span>{" "}
          <span className="text-xs text-muted">
            {unitWord(each.value, each.unit) || each.name.toLowerCase()}, {each.period}
          </span>
        </span>
      ))}
    </span>
  );
}

const column = columnsOf<Asset>();
const columns = [
  column.accessor("title", {
    header: "Title",
    cell: ({ row: { original: asset } }) => (
      <span className="flex max-w-[44ch] min-w-40 items-center gap-1.5">
        <span className="truncate font-medium" title={asset.title}>
          {asset.title}
        </span>
        {asset.url && (
          <a href={asset.url} target="_blank" rel="noreferrer" className="shrink-0 text-muted hover:text-accent" aria-label={`Open “${asset.title}” at ${providerName(asset.provider)}`}>
            <ExternalLink className="size-3.5" aria-hidden />
          </a>
        )}
      </span>
    ),
  }),
  column.accessor("provider", { header: "Platform", cell: ({ getValue }) => <ProviderName provider={getValue()} /> }),
  column.accessor("kind", { header: "Kind", cell: ({ getValue }) => <span className="text-muted capitalize">{getValue()}</span> }),
  column.accessor((asset) => asset.released_on ?? undefined, {
    id: "released",
    header: "Released",
    cell: ({ row }) => <span className="whitespace-nowrap text-muted">{day(row.original.released_on)}</span>,
    sortUndefined: "last",
  }),
  column.accessor((asset) => asset.values[0]?.value ?? undefined, {
    id: "value",
    header: "Numbers",
    cell: ({ row }) => <Values values={row.original.values} />,
    sortUndefined: "last",
    sortDescFirst: true,
    meta: { align: "right" },
  }),
] as Column<Asset>[];

/** Tracks, videos and posts with their numbers. */
export function AssetsCard({ artistId }: { artistId: string }) {
  const { get, set } = useUrlState();
  const q = get("asset");
  const wish: AssetWish = {
    provider: (get("on") as Provider) || undefined,
    kind: (get("kind") as Asset["kind"]) || undefined,
    sort: (get("sort") as AssetWish["sort"]) || "value",
  };
  const { items, error, refetch, isPlaceholderData, ...paging } = useAssets(artistId, wish);
  const shown = items?.filter((asset) => asset.title.toLowerCase().includes(q.toLowerCase())) ?? null;
  const filtered = Boolean(q || wish.provider || wish.kind);

  return (
    <Card aria-labelledby="assets-title" className={isPlaceholderData ? "opacity-60" : ""}>
      <CardHead id="assets-title" title="Tracks, videos and posts" note="Each number says its own period">
        <Filter label="Filter by title" value={q} onChange={(value) => set({ asset: value })} className="sm:w-44" />
        <Select aria-label="Platform" className="h-8 w-36 text-sm" value={get("on")} onChange={(event) => set({ on: event.target.value })}>
          <option value="">All platforms</option>
          {PROVIDER_NAMES.map((each) => (
            <option key={each} value={each}>
              {providerName(each)}
            </option>
          ))}
        </Select>
        <Select aria-label="Kind" className="h-8 w-28 text-sm capitalize" value={get("kind")} onChange={(event) => set({ kind: event.target.value })}>
          <option value="">All kinds</option>
          {KINDS.map((kind) => (
            <option key={kind}>{kind}</option>
          ))}
        </Select>
        <Segmented
          label="Order"
          value={wish.sort}
          onChange={(sort) => set({ sort: sort === "value" ? null : sort })}
          options={[
            { value: "value", label: "Top" },
            { value: "released", label: "Newest" },
            { value: "title", label: "A–Z" },
          ]}
        />
      </CardHead>
      {error && !items && <Failed error={error} what="The table" retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows />}
      {shown && shown.length > 0 && <DataTable label="Tracks, videos and posts" rows={shown} columns={columns} rowId={(asset) => asset.id} />}
      {shown?.length === 0 && filtered && <NoMatch query={q} onClear={() => set({ asset: null, on: null, kind: null })} />}
      {shown?.length === 0 && !filtered && <Empty title="No tracks, videos or posts yet">They come with the first sync or import.</Empty>}
      <More {...paging} />
    </Card>
  );
}
