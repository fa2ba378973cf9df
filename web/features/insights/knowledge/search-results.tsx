"use client";

import { SkeletonRows } from "@/components/ui/skeleton";
import { ErrorState, NoResults } from "@/components/ui/state";
import { t } from "./messages";
import { useSearch } from "./queries";

export function SearchResults({
  q,
  onOpen,
  onClear,
}: {
  q: string;
  onOpen: (id: string) => void;
  onClear: () => void;
}) {
  const { data, error, refetch } = useSearch(q);
  if (error) return <ErrorState error={error} what={t("documents.whatSearch")} retry={() => void refetch()} />;
  if (!data) return <SkeletonRows rows={4} />;
  if (data.length === 0) return <NoResults query={q} onClear={onClear} />;
  return (
    <ol className="divide-y divide-line border-t border-line" aria-label={t("documents.passages", { query: q })}>
      {data.map((hit, rank) => (
        <li key={`${hit.document_id}-${rank}`}>
          <button
            type="button"
            onClick={() => onOpen(hit.document_id)}
            className="block w-full px-4 py-2.5 text-left hover:bg-hover focus-visible:-outline-offset-2"
          >
            <span className="block truncate font-medium">{hit.title}</span>
            <span className="line-clamp-3 text-sm text-muted">{hit.text}</span>
          </button>
        </li>
      ))}
    </ol>
  );
}
