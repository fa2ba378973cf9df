"use client";

import { useState } from "react";
import { SearchField } from "@/components/search-field";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Dialog } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { PlaceEntry, UnknownPlace } from "@/lib/api/types";
import { compact } from "@/lib/format";
import { useSession } from "@/lib/session/context";
import { t } from "./messages";
import { useDecidePlace, usePlaceSearch, useUnknownPlaces } from "./queries";

const known = ({ name, region, country_name, population }: PlaceEntry) =>
  t(region ? "places.labelInRegion" : "places.label", {
    name,
    region,
    country: country_name,
    people: compact(population),
  });

/** The cities of files and platforms of which it is not clear which places they are, each to be placed by a person. */
export function PlacesCard() {
  const { can } = useSession();
  const { data, error, refetch } = useUnknownPlaces();
  const [open, setOpen] = useState<UnknownPlace | null>(null);
  return (
    <Card aria-labelledby="places-title">
      <CardHeader id="places-title" title={t("places.title")} note={t("places.note")} />
      {error && !data && <ErrorState error={error} what={t("places.what")} retry={() => void refetch()} />}
      {!data && !error && <SkeletonRows rows={3} />}
      {data?.length === 0 && <EmptyState title={t("places.none")}>{t("places.noneHint")}</EmptyState>}
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
                {t("places.candidates", { series: place.series, count: place.candidates.length })}
              </span>
            </span>
            {can("imports:write") && (
              <Button aria-label={t("places.chooseOf", { name: place.text })} onClick={() => setOpen(place)}>
                {t("places.choose")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <p className="border-t border-line px-4 py-2 text-xs text-muted">{t("places.credit")}</p>
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
      title={t("places.question", { name: unknown.text })}
      description={t("places.questionHint")}
    >
      <div className="grid gap-3">
        <SearchField label={t("places.find")} value={q} onChange={setQ} className="sm:w-full" />
        {found.error && (
          <ErrorState error={found.error} what={t("places.whatFound")} retry={() => void found.refetch()} />
        )}
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
        {places.length === 0 && <p className="text-sm text-muted">{q ? t("places.notFound") : t("places.findHint")}</p>}
      </div>
    </Dialog>
  );
}
