"use client";

import { FileDown, ListChecks } from "lucide-react";
import { ArtistPicker } from "@/components/artist-picker";
import { Link } from "@/components/link";
import { LoadMore } from "@/components/load-more";
import { PageHeader } from "@/components/page-header";
import { ProviderName } from "@/components/provider-icon";
import { Badge } from "@/components/ui/badge";
import { buttonStyle } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Field, Select } from "@/components/ui/field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { Import } from "@/lib/api/types";
import { useArtistName, useArtistNames } from "@/lib/artist-names";
import { ago, moment } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { DropZone } from "./drop-zone";
import { ImportSheet } from "./import-sheet";
import { MappingsCard } from "./mappings/mappings-card";
import { t } from "./messages";
import { useImports, useUploadFiles } from "./queries";
import { useDropReview } from "./review/queries";
import { useSources } from "@/lib/api/sources";
import { STATUS_TONES, importSummaryLabel } from "./labels";

export function ImportsPage() {
  const { get, set } = useUrlState();
  const { can } = useSession();
  const artist = get("artist");
  const source = get("source");
  const own = useSources().data?.filter((each) => each.own) ?? [];
  const { items, error, refetch, ...paging } = useImports(artist || undefined);
  const first = useArtistNames().data;
  const names = first && new Map(first.map((each) => [each.id, each.name]));
  const chosen = useArtistName(artist);
  const open = (id: string) => set({ id }, { push: true });
  const drop = useDropReview(open);
  const upload = useUploadFiles((previews) => open(previews[0]!.id));
  return (
    <>
      <PageHeader title={t("title")} lead={t("lead")}>
        <Link href="/imports/desk/" className={buttonStyle({ size: "md" })}>
          <ListChecks aria-hidden /> {t("page.desk")}
        </Link>
      </PageHeader>
      <div className="grid gap-4">
        {can("imports:write") && (
          <Card aria-label={t("page.upload")} className="grid gap-4 p-4 md:grid-cols-[240px_minmax(0,1fr)]">
            <div className="grid gap-4">
              <Field
                label={t("page.artist")}
                hint={
                  source && !artist ? t("page.artistOfSource") : artist ? t("page.artistChosen") : t("page.artistFound")
                }
              >
                {(fieldProps) => (
                  <ArtistPicker
                    {...fieldProps}
                    placeholder={source ? t("page.chooseArtist") : t("page.eachFindsOwn")}
                    value={artist}
                    onChange={(id) => set({ artist: id })}
                  />
                )}
              </Field>
              {own.length > 0 && (
                <Field label={t("page.from")}>
                  {(fieldProps) => (
                    <Select {...fieldProps} value={source} onChange={(event) => set({ source: event.target.value })}>
                      <option value="">{t("page.fromPlatform")}</option>
                      {own.map((each) => (
                        <option key={each.slug} value={each.slug}>
                          {each.name}
                        </option>
                      ))}
                    </Select>
                  )}
                </Field>
              )}
            </div>
            {source ? (
              <DropZone
                isPending={upload.isPending}
                error={upload.error}
                hint={t("page.hintOfSource")}
                onFiles={(files) => artist && upload.mutate({ artist, source, files: files.map(({ file }) => file) })}
              />
            ) : (
              <DropZone
                {...drop}
                hint={t("page.hint")}
                onFiles={(files) => drop.take({ files, artist: artist || undefined })}
              />
            )}
          </Card>
        )}
        <Card aria-labelledby="history-title">
          <CardHeader
            id="history-title"
            title={t("page.history")}
            note={artist && chosen ? t("page.historyOf", { artist: chosen }) : t("page.historyOfAll")}
          />
          {error && !items && <ErrorState error={error} what={t("page.what")} retry={() => void refetch()} />}
          {!items && !error && <SkeletonRows rows={5} />}
          {items?.length === 0 && (
            <EmptyState icon={FileDown} title={t("page.empty")}>
              {t("page.emptyHint")}
            </EmptyState>
          )}
          <ul className="divide-y divide-line border-t border-line">
            {items?.map((item) => (
              <Row key={item.id} item={item} names={names} onOpen={() => open(item.id)} />
            ))}
          </ul>
          <LoadMore {...paging} />
        </Card>
        <MappingsCard />
      </div>
      {get("id") && <ImportSheet id={get("id")} onClose={() => set({ id: null })} />}
    </>
  );
}

type RowProps = { item: Import; names: Map<string, string> | undefined; onOpen: () => void };

function Row({ item, names, onOpen }: RowProps) {
  const known = names?.get(item.artist_id);
  const other = useArtistName(names && !known ? item.artist_id : ""); // of a roster of more than a hundred
  return (
    <li>
      <button
        type="button"
        data-row
        onClick={onOpen}
        className="flex w-full flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-left hover:bg-hover focus-visible:-outline-offset-2"
      >
        <span className="min-w-0 flex-1 basis-64">
          <span className="block truncate font-medium">{item.file_name}</span>
          <span className="block text-xs text-muted">{importSummaryLabel(item)}</span>
        </span>
        <span className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 text-sm md:flex-nowrap">
          <span className="md:w-26">{item.provider && <ProviderName provider={item.provider} />}</span>
          <span className="max-w-40 truncate text-muted md:w-40">{known ?? other}</span>
          <span className="md:w-24">
            <Badge tone={STATUS_TONES[item.status]}>{t(`status.${item.status}`)}</Badge>
          </span>
          <time className="text-right text-xs whitespace-nowrap text-muted sm:w-24" title={moment(item.created_at)}>
            {ago(item.created_at)}
          </time>
        </span>
      </button>
    </li>
  );
}
