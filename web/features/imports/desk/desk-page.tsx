"use client";

import { CircleAlert, CircleCheck, ExternalLink, FileClock, Settings2 } from "lucide-react";
import { Link } from "@/components/link";
import { useState } from "react";
import { LoadMore } from "@/components/load-more";
import { PageHeader } from "@/components/page-header";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { SegmentedControl } from "@/components/ui/segmented-control";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { DeskArtist, DeskExport } from "@/lib/api/types";
import { ago, day, moment } from "@/lib/format";
import { providerName } from "@/lib/providers";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { DropZone } from "../drop-zone";
import { useDropReview } from "../review/queries";
import { UploadLinksCard } from "../upload-links/links-card";
import { CadencesDialog } from "./cadences-dialog";
import { t } from "./messages";
import { useDesk } from "./queries";

const exportName = ({ provider, title }: DeskExport) =>
  provider ? t("name", { platform: providerName(provider), title }) : title;

/** Which export of which artist is due, where it is downloaded, and the place to drop it. */
export function DeskPage() {
  const { get, set } = useUrlState();
  const { can } = useSession();
  const { items, error, refetch, ...paging } = useDesk();
  const drop = useDropReview();
  const [isSetting, setSetting] = useState(false);
  const which = get("show") === "all" ? "all" : "due";
  const due = items?.flatMap(({ exports }) => exports.filter(({ is_due }) => is_due)).length ?? 0;
  const shown = (items ?? [])
    .map((artist) => ({ ...artist, exports: artist.exports.filter((each) => which === "all" || each.is_due) }))
    .filter(({ exports }) => exports.length > 0);
  return (
    <>
      <PageHeader title={t("title")} lead={t("lead")}>
        {can("imports:write") && (
          <Button size="md" onClick={() => setSetting(true)}>
            <Settings2 aria-hidden /> {t("howOften")}
          </Button>
        )}
      </PageHeader>
      <div className="grid grid-cols-1 gap-4">
        {can("imports:write") && (
          <Card aria-label={t("upload")} className="p-4">
            <DropZone {...drop} hint={t("dropHint")} onFiles={(files) => drop.take({ files })} />
          </Card>
        )}
        <Card aria-labelledby="desk-title">
          <CardHeader
            id="desk-title"
            title={t("due", { count: due })}
            note={items ? t("ofArtists", { count: items.length }) : undefined}
          >
            <SegmentedControl
              label={t("exports")}
              value={which}
              onChange={(next) => set({ show: next === "all" ? "all" : null })}
              options={[
                { value: "due", label: t("showDue", { count: due }) },
                { value: "all", label: t("showAll") },
              ]}
            />
          </CardHeader>
          {error && !items && <ErrorState error={error} what={t("what")} retry={() => void refetch()} />}
          {!items && !error && <SkeletonRows rows={6} />}
          {items && shown.length === 0 && (
            <EmptyState icon={CircleCheck} title={items.length ? t("upToDate") : t("noArtists")}>
              {items.length ? t("upToDateHint") : t("noArtistsHint")}
            </EmptyState>
          )}
          <ul className="divide-y divide-line border-t border-line">
            {shown.map((artist) => (
              <Artist key={artist.id} artist={artist} />
            ))}
          </ul>
          <LoadMore {...paging} />
        </Card>
        <UploadLinksCard />
      </div>
      {isSetting && <CadencesDialog onClose={() => setSetting(false)} />}
    </>
  );
}

function Artist({ artist }: { artist: DeskArtist }) {
  return (
    <li className="grid gap-x-4 gap-y-2 px-4 py-2.5 md:grid-cols-[180px_minmax(0,1fr)]">
      <Link href={`/artist/?id=${artist.id}`} className="truncate font-medium hover:underline">
        {artist.name}
      </Link>
      <ul className="grid gap-2 sm:grid-cols-2 xl:grid-cols-3" aria-label={t("exportsOf", { artist: artist.name })}>
        {artist.exports.map((each) => (
          <Export key={each.export} artist={artist} item={each} />
        ))}
      </ul>
    </li>
  );
}

function importedLabel({ imported_at, last_day }: DeskExport): string {
  const values = { when: ago(imported_at), day: day(last_day) };
  if (imported_at) return t(last_day ? "importedUntil" : "imported", values);
  return t(last_day ? "neverImportedUntil" : "neverImported", values);
}

function dueLabel({ is_due, imported_at, due_on }: DeskExport): string {
  if (is_due && !imported_at) return t("isDue");
  return t(is_due ? "dueSince" : "dueOn", { day: day(due_on) });
}

function Export({ artist, item }: { artist: DeskArtist; item: DeskExport }) {
  const Icon = item.waiting > 0 ? FileClock : item.is_due ? CircleAlert : CircleCheck;
  const tone = item.waiting > 0 ? "text-accent" : item.is_due ? "text-warn" : "text-up";
  return (
    <li className="flex min-w-0 items-start gap-2 text-sm">
      <Icon className={`mt-0.5 size-4 shrink-0 ${tone}`} aria-hidden />
      <div className="min-w-0">
        {item.link ? (
          <a
            href={item.link}
            target="_blank"
            rel="noreferrer"
            className="inline-flex items-center gap-1 font-medium text-accent hover:underline"
            aria-label={t("download", {
              name: exportName(item),
              artist: artist.name,
              host: new URL(item.link).hostname,
            })}
          >
            {exportName(item)} <ExternalLink className="size-3.5" aria-hidden />
          </a>
        ) : (
          <span className="font-medium">{exportName(item)}</span>
        )}
        <p className="text-xs text-muted" title={item.imported_at ? moment(item.imported_at) : undefined}>
          {importedLabel(item)} · <span className={item.is_due ? "text-warn" : undefined}>{dueLabel(item)}</span>
        </p>
        {item.waiting > 0 && (
          <Link href={`/imports/?artist=${artist.id}`} className="text-xs text-accent hover:underline">
            {t("waiting", { count: item.waiting })}
          </Link>
        )}
      </div>
    </li>
  );
}
