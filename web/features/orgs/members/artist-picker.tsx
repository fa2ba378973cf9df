"use client";

import { useState } from "react";
import { SearchField } from "@/components/search-field";
import { Checkbox } from "@/components/ui/field";
import { Skeleton } from "@/components/ui/skeleton";
import type { ListedItem } from "@/lib/api/types";
import { useArtistSearch } from "@/lib/artist-names";
import { t } from "../messages";

type Props = { label: string; chosen: ListedItem[]; disabled?: boolean; onChange: (chosen: ListedItem[]) => void };

/** Choose artists by name. The chosen ones stay on top, whatever is searched for. */
export function ArtistPicker({ label, chosen, disabled, onChange }: Props) {
  const [q, setQ] = useState("");
  const { items: artists, hasNextPage } = useArtistSearch(q);
  const ids = new Set(chosen.map((artist) => artist.id));
  const others = artists?.filter((artist) => !ids.has(artist.id));
  return (
    <fieldset disabled={disabled} className="grid gap-2">
      <legend className="mb-1.5 text-sm font-medium">{label}</legend>
      <SearchField label={t("picker.find")} value={q} onChange={setQ} />
      <ul className="grid max-h-64 gap-0.5 overflow-y-auto rounded-md border border-line p-2">
        {chosen.map((artist) => (
          <li key={artist.id}>
            <Checkbox
              label={artist.name}
              className="min-h-7"
              checked
              onChange={() => onChange(chosen.filter((other) => other.id !== artist.id))}
            />
          </li>
        ))}
        {others?.map((artist) => (
          <li key={artist.id}>
            <Checkbox
              label={artist.name}
              className="min-h-7"
              checked={false}
              onChange={() => onChange([...chosen, { id: artist.id, name: artist.name }])}
            />
          </li>
        ))}
        {!artists && <Skeleton className="h-7" />}
        {artists && chosen.length + (others?.length ?? 0) === 0 && (
          <li className="text-sm text-muted">{q ? t("picker.noneNamed") : t("picker.none")}</li>
        )}
      </ul>
      <p className="text-xs text-muted">
        {t(hasNextPage ? "picker.chosenOfMore" : "picker.chosen", { count: chosen.length })}
      </p>
    </fieldset>
  );
}
