"use client";

import { Download, MapPin, X } from "lucide-react";
import dynamic from "next/dynamic";
import { ArtistPicker } from "@/components/artist-picker";
import { Link } from "@/components/link";
import { OldData } from "@/components/old-data";
import { PageHeader } from "@/components/page-header";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";
import { EmptyState, ErrorState } from "@/components/ui/state";
import type { AudiencePlaces } from "@/lib/api/types";
import { exact, unitName } from "@/lib/format";
import { saveFile } from "@/lib/save-file";
import { useUrlState } from "@/lib/url-state";
import { metricInSentence } from "@/lib/metric-names/metric-name";
import { t } from "./messages";
import { placesCsv, sortPlaces } from "./places-data";
import { PlacesTable } from "./places-table";
import { useAudiencePlaces } from "./queries";
import { artistOf, columnFacts } from "./words";

const MAX_ARTISTS = 6;
const PlacesMap = dynamic(() => import("./places-map"), { ssr: false, loading: () => <Skeleton className="h-72" /> });

/** The cities of one or several artists. The address holds who and the order. */
export function PlacesPage() {
  const { params, set } = useUrlState();
  const ids = [...new Set(params.getAll("artist"))].slice(0, MAX_ARTISTS);
  const { data, error, refetch, isPlaceholderData } = useAudiencePlaces(ids);
  const artists = data?.artists.filter((artist) => ids.includes(artist.id)) ?? [];
  return (
    <>
      <PageHeader title={t("title")} lead={t("lead")} />
      <div className="grid grid-cols-1 gap-4">
        <Card aria-label={t("artists.title")} className="flex flex-wrap items-center gap-2 px-4 py-3">
          <ul className="flex flex-wrap gap-2 empty:hidden">
            {ids.length > 0 &&
              artists.map((artist) => (
                <li
                  key={artist.id}
                  className="flex items-center gap-1 rounded-md border border-line py-0.5 pr-0.5 pl-2 text-sm"
                >
                  <Link href={`/artist/?id=${artist.id}`} className="px-1 py-1 font-medium hover:text-accent">
                    {artist.name}
                  </Link>
                  <Button
                    variant="ghost"
                    size="icon"
                    aria-label={t("artists.remove", { name: artist.name })}
                    onClick={() => set({ artist: ids.filter((id) => id !== artist.id), sort: null })}
                  >
                    <X aria-hidden />
                  </Button>
                </li>
              ))}
          </ul>
          {ids.length >= MAX_ARTISTS ? (
            <p className="text-sm text-muted">{t("artists.full")}</p>
          ) : (
            <>
              <label htmlFor="places-add" className="sr-only">
                {t("artists.add")}
              </label>
              <ArtistPicker
                key={ids.join(" ")}
                id="places-add"
                value=""
                placeholder={t("artists.add")}
                className="w-full sm:w-56"
                onChange={(id) => id && !ids.includes(id) && set({ artist: [...ids, id], sort: null })}
              />
            </>
          )}
        </Card>
        {ids.length === 0 && (
          <Card>
            <EmptyState icon={MapPin} title={t("artists.none")}>
              {t("artists.noneHint")}
            </EmptyState>
          </Card>
        )}
        {ids.length > 0 && error && !data && (
          <Card>
            <ErrorState error={error} what={t("what")} retry={() => void refetch()} />
          </Card>
        )}
        {ids.length > 0 && !data && !error && (
          <Card>
            <SkeletonRows rows={8} />
          </Card>
        )}
        {ids.length > 0 && data?.places.length === 0 && (
          <Card>
            <EmptyState icon={MapPin} title={t("empty.title")}>
              {t("empty.hint")}
            </EmptyState>
          </Card>
        )}
        {ids.length > 0 && data && data.places.length > 0 && <Found data={data} old={isPlaceholderData} />}
      </div>
    </>
  );
}

function Found({ data, old }: { data: AudiencePlaces; old: boolean }) {
  const { get, set } = useUrlState();
  const chosen = get("sort") === "" ? null : Number(get("sort"));
  const sorted = chosen !== null && data.columns[chosen] ? chosen : null;
  const column = data.columns[sorted ?? 0]!;
  const rows = sortPlaces(data.places, sorted);
  return (
    <>
      <Card aria-labelledby="places-map">
        <CardHeader
          id="places-map"
          title={t("map.title")}
          note={t("map.note", {
            metric: metricInSentence(column.metric, column.name),
            artist: artistOf(data, column),
            provider: column.provider_name,
          })}
        />
        <div className="px-2 pb-2">
          <PlacesMap places={data.places} column={sorted ?? 0} unit={unitName(column.unit)} />
        </div>
      </Card>
      <Card aria-labelledby="places-table">
        <CardHeader id="places-table" title={t("table.title")} note={t("table.note")}>
          <Button onClick={() => saveFile(new Blob([placesCsv(data)], { type: "text/csv" }), `${t("title")}.csv`)}>
            <Download aria-hidden /> {t("csv")}
          </Button>
        </CardHeader>
        <OldData when={old}>
          <PlacesTable
            data={data}
            rows={rows}
            sorted={sorted}
            onSort={(next) => set({ sort: next === null ? null : String(next) })}
          />
        </OldData>
        <ul className="grid gap-0.5 border-t border-line px-4 py-2 text-xs text-muted">
          {data.total > data.places.length && (
            <li>{t("table.more", { shown: exact(data.places.length), count: data.total })}</li>
          )}
          {data.columns.map((each) => (
            <li key={`${each.artist_id} ${each.provider}`}>{columnFacts(data, each)}</li>
          ))}
          <li>{`${t("table.showNote")} ${t("table.source")}`}</li>
        </ul>
      </Card>
    </>
  );
}
