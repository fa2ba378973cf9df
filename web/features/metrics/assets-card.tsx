"use client";

import { useMemo } from "react";
import { DataTable } from "@/components/data-table";
import { SearchField } from "@/components/search-field";
import { LoadMore } from "@/components/load-more";
import { PlatformSelect } from "@/components/platform-select";
import { Card, CardHeader } from "@/components/ui/card";
import { Select } from "@/components/ui/field";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState, NoResults } from "@/components/ui/state";
import type { Asset } from "@/lib/api/types";
import { useUrlState } from "@/lib/url-state";
import { assetColumns } from "./asset-columns";
import { t } from "./messages";
import { useAssets, type AssetParams } from "./queries";

const KINDS = ["video", "short", "post", "reel", "story", "playlist"] as const satisfies Asset["kind"][];

/** What is no song: posts, stories, and videos of something else. Songs have a card of their own. */
export function AssetsCard({ artistId }: { artistId: string }) {
  const { get, set } = useUrlState();
  const q = get("asset");
  const params: AssetParams = {
    provider: get("on") || undefined,
    kind: (get("kind") as Asset["kind"]) || undefined,
    is_song: false,
    sort: (get("sort") as AssetParams["sort"]) || "value",
  };
  const { items, error, refetch, isPlaceholderData, ...paging } = useAssets(artistId, params);
  const shown = items?.filter((asset) => asset.title.toLowerCase().includes(q.toLowerCase())) ?? null;
  const columns = useMemo(() => assetColumns(items ?? []), [items]);
  const filtered = Boolean(q || params.provider || params.kind);

  return (
    <Card aria-labelledby="assets-title" old={isPlaceholderData}>
      <CardHeader id="assets-title" title={t("assets.title")} note={t("assets.note")}>
        <SearchField
          label={t("assets.find")}
          value={q}
          onChange={(value) => set({ asset: value })}
          className="sm:w-44"
        />
        <PlatformSelect
          className="h-8 w-36 text-sm"
          value={get("on")}
          onChange={(event) => set({ on: event.target.value })}
        />
        <Select
          aria-label={t("assets.kind")}
          className="h-8 w-28 text-sm"
          value={get("kind")}
          onChange={(event) => set({ kind: event.target.value })}
        >
          <option value="">{t("assets.allKinds")}</option>
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t(`kinds.${kind}`)}
            </option>
          ))}
        </Select>
        <SegmentedControl
          label={t("assets.order")}
          value={params.sort}
          onChange={(sort) => set({ sort: sort === "value" ? null : sort })}
          options={[
            { value: "value", label: t("assets.top") },
            { value: "released", label: t("assets.newest") },
            { value: "title", label: t("assets.byTitle") },
          ]}
        />
      </CardHeader>
      {error && !items && <ErrorState error={error} what={t("assets.what")} retry={() => void refetch()} />}
      {!items && !error && <SkeletonRows />}
      {shown && shown.length > 0 && (
        <DataTable label={t("assets.title")} rows={shown} columns={columns} rowId={(asset) => asset.id} />
      )}
      {shown?.length === 0 && filtered && (
        <NoResults query={q} onClear={() => set({ asset: null, on: null, kind: null })} />
      )}
      {shown?.length === 0 && !filtered && <EmptyState title={t("assets.none")}>{t("assets.noneHint")}</EmptyState>}
      <LoadMore {...paging} />
    </Card>
  );
}
