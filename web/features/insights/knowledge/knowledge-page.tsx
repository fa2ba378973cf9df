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
import { day, exact, plural } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useUrlState } from "@/lib/url-state";
import { AddDocumentDialog } from "./add-document-dialog";
import { Ask } from "./ask";
import { DocumentSheet } from "./document-sheet";
import { useDocuments } from "./queries";
import { SearchResults } from "./search-results";

const STATUS = {
  pending: { name: "Being indexed", tone: "accent" },
  indexed: { name: "Indexed", tone: "good" },
  failed: { name: "Not indexed", tone: "bad" },
} as const;

export function KnowledgePage() {
  const { get, set } = useUrlState();
  const { can } = useSession();
  const [adding, setAdding] = useState(false);
  const { items, error, refetch, ...paging } = useDocuments();
  const q = get("q");
  const open = (id: string) => set({ id }, { push: true });
  const add = can("documents:write") && (
    <Button variant="primary" onClick={() => setAdding(true)}>
      <Plus aria-hidden /> Add a document
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Knowledge"
        lead="What your team wrote and saved. Insights and answers use it; nobody outside the organisation sees it."
      >
        {add}
      </PageHeader>
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <Ask onOpen={open} />
        <Card aria-labelledby="documents-title">
          <CardHeader id="documents-title" title="Documents" note="Search by meaning, not only by words">
            <SearchField label="Search the documents" value={q} onChange={(value) => set({ q: value })} />
          </CardHeader>
          {q ? (
            <SearchResults q={q} onOpen={open} onClear={() => set({ q: null })} />
          ) : (
            <>
              {error && !items && <ErrorState error={error} what="The documents" retry={() => void refetch()} />}
              {!items && !error && <SkeletonRows rows={5} />}
              {items?.length === 0 && (
                <EmptyState icon={BookOpen} title="No documents yet" action={add}>
                  Release plans, press, meeting notes: paste them as text, and they explain the numbers.
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
            <span className="capitalize">{document.kind}</span>
            {document.artist_name && ` · ${document.artist_name}`} · {exact(document.characters)} characters,{" "}
            {plural(document.chunks, "passage")} · {day(document.created_at)}
          </span>
        </span>
        {document.status !== "indexed" && (
          <Badge tone={STATUS[document.status].tone}>{STATUS[document.status].name}</Badge>
        )}
      </button>
    </li>
  );
}
