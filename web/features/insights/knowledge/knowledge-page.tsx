"use client";

import { BookOpen, Plus } from "lucide-react";
import { useState } from "react";
import { SearchField } from "@/components/search-field";
import { LoadMore } from "@/components/load-more";
import { PageHeader } from "@/components/page-header";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { Document } from "@/lib/api/types";
import { day } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { AddDocumentDialog } from "./add-document-dialog";
import { Ask } from "./ask";
import { DocumentSheet } from "./document-sheet";
import { t } from "./messages";
import { useDocuments } from "./queries";
import { SearchResults } from "./search-results";

const STATUS_TONES = { pending: "accent", indexed: "good", failed: "bad" } as const;

export function KnowledgePage() {
  const { get, set } = useUrlState();
  const { can } = useSession();
  const [adding, setAdding] = useState(false);
  const { items, error, refetch, ...paging } = useDocuments();
  const q = get("q");
  const open = (id: string) => set({ id }, { push: true });
  const add = can("documents:write") && (
    <Button variant="primary" onClick={() => setAdding(true)}>
      <Plus aria-hidden /> {t("documents.add")}
    </Button>
  );
  return (
    <>
      <PageHeader title={t("title")} lead={t("lead")}>
        {add}
      </PageHeader>
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <Ask onOpen={open} />
        <Card aria-labelledby="documents-title">
          <CardHeader id="documents-title" title={t("documents.title")} note={t("documents.note")}>
            <SearchField label={t("documents.search")} value={q} onChange={(value) => set({ q: value })} />
          </CardHeader>
          {q ? (
            <SearchResults q={q} onOpen={open} onClear={() => set({ q: null })} />
          ) : (
            <>
              {error && !items && <ErrorState error={error} what={t("documents.what")} retry={() => void refetch()} />}
              {!items && !error && <SkeletonRows rows={5} />}
              {items?.length === 0 && (
                <EmptyState icon={BookOpen} title={t("documents.none")} action={add}>
                  {t("documents.noneHint")}
                </EmptyState>
              )}
              {items && items.length > 0 && (
                <ul className="divide-y divide-line border-t border-line">
                  {items.map((document) => (
                    <DocumentRow key={document.id} document={document} onOpen={() => open(document.id)} />
                  ))}
                </ul>
              )}
              <LoadMore {...paging} />
            </>
          )}
        </Card>
      </div>
      {adding && <AddDocumentDialog onClose={() => setAdding(false)} />}
      {get("id") && <DocumentSheet id={get("id")} onClose={() => set({ id: null })} />}
    </>
  );
}

function DocumentRow({ document, onOpen }: { document: Document; onOpen: () => void }) {
  return (
    <li>
      <button
        type="button"
        data-row
        onClick={onOpen}
        className="flex w-full items-center gap-3 px-4 py-2.5 text-left hover:bg-hover focus-visible:-outline-offset-2"
      >
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium">{document.title}</span>
          <span className="block truncate text-xs text-muted">
            <span className="capitalize">{t(`kinds.${document.kind}`)}</span>
            {document.artist_name && ` · ${document.artist_name}`} ·{" "}
            {t("documents.facts", { characters: document.characters, count: document.chunks })} ·{" "}
            {day(document.created_at)}
          </span>
        </span>
        {document.status !== "indexed" && (
          <Badge tone={STATUS_TONES[document.status]}>{t(`status.${document.status}`)}</Badge>
        )}
      </button>
    </li>
  );
}
