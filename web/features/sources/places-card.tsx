"use client";

import { useState } from "react";
import { SearchField } from "@/components/search-field";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Dialog } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { PlaceEntry, UnknownPlace } from "@/lib/api/types";
import { compact, plural } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { useDecidePlace, usePlaceSearch, useUnknownPlaces } from "./queries";

const known = (place: PlaceEntry) =>
  `${place.name}${place.region ? `, ${place.region}` : ""}, ${place.country_name} (${compact(place.population)} people)`;

/** The cities of files and platforms of which it is not clear which places they are, each to be placed by a person. */
export function PlacesCard() {
  const { can } = useSession();
  const { data, error, refetch } = useUnknownPlaces();
  const [open, setOpen] = useState<UnknownPlace | null>(null);
  return (
    <Card aria-labelledby="places-title">
      <CardHeader
        id="places-title"
        title="Unclear cities"
        note="Kept under their names until somebody says which places they are"
      />
      {error && !data && <ErrorState error={error} what="The cities" retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={3} />}
      {data?.length === 0 && (
        <EmptyState title="Every city is known">A name that fits several places, or none, is listed here.</EmptyState>
      )}
      <ul className="divide-y divide-line">
        {data?.map((place) => (
          <li
            key={`${place.text} ${place.country}`}
            className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2 text-sm"
          >
            <span className="min-w-40 flex-1">
              <span className="font-medium">{place.text}</span>
              {place.country && <span className="text-muted">, {place.country}</span>}
              <span className="block text-xs text-muted">
                {place.series} series ·{" "}
                {place.candidates.length ? plural(place.candidates.length, "possible place") : "no place of this name"}
              </span>
            </span>
            {can("imports:write") && (
              <Button aria-label={`Place ${place.text}`} onClick={() => setOpen(place)}>
                Choose the place
              </Button>
            )}
          </li>
        ))}
      </ul>
      <p className="border-t border-line px-4 py-2 text-xs text-muted">Places: GeoNames, CC BY 4.0</p>
      {open && <PlaceDialog unknown={open} onClose={() => setOpen(null)} />}
    </Card>
  );
}

function PlaceDialog({ unknown, onClose }: { unknown: UnknownPlace; onClose: () => void }) {
  const [q, setQ] = useState("");
  const found = usePlaceSearch(q);
  const decide = useDecidePlace(onClose);
  const places = q.trim().length > 1 ? (found.data ?? []) : unknown.candidates;
  return (
    <Dialog
      open
      onOpenChange={(next) => !next && onClose()}
      title={`Which place is “${unknown.text}”?`}
      description="For the numbers that are stored and for those that come."
    >
      <div className="grid gap-3">
        <SearchField label="Find another place" value={q} onChange={setQ} className="sm:w-full" />
        {found.error && <ErrorState error={found.error} what="The places" retry={() => void found.refetch()} />}
        <ul className="grid gap-2">
          {places.map((place) => (
            <li key={place.id}>
              <Button
                className="w-full justify-start text-left"
                disabled={decide.isPending}
                onClick={() => decide.mutate({ text: unknown.text, country: unknown.country, place_id: place.id })}
              >
                {known(place)}
              </Button>
            </li>
          ))}
        </ul>
        {places.length === 0 && (
          <p className="text-sm text-muted">
            {q ? "No place of 15,000 people or more has this name." : "Find the place by a name in any language."}
          </p>
        )}
      </div>
    </Dialog>
  );
}
