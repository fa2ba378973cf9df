"use client";

import { X } from "lucide-react";
import { useState } from "react";
import { ArtistPicker } from "@/components/artist-picker";
import { Link } from "@/components/link";
import { SearchField } from "@/components/search-field";
import { Card } from "@/components/ui/card";
import { Button } from "@/components/ui/button";
import type { Comparison } from "@/lib/api/types";
import { songTitle } from "../songs/labels";
import { colourOf, symbolOf } from "./compare-data";
import { t } from "./messages";
import { useSongSearch } from "./queries";
import { MAX_SUBJECTS, type ComparisonView } from "./use-comparison-view";

type Props = { view: ComparisonView; subjects: Comparison["subjects"] };

/** Who is compared, each with the letter and colour of its line; and a field to add one more. */
export function SubjectsCard({ view, subjects }: Props) {
  const shown = subjects.filter((subject) => view.ids.includes(subject.id));
  return (
    <Card aria-label={t("subjects")} className="flex flex-wrap items-center gap-2 px-4 py-3">
      <ul className="flex flex-wrap gap-2 empty:hidden">
        {shown.map((subject, at) => (
          <li
            key={subject.id}
            className="flex items-center gap-1 rounded-md border border-line py-0.5 pr-0.5 pl-2 text-sm"
          >
            <LineMark at={at} />
            <Link
              href={`/${subject.kind}/?id=${subject.id}`}
              className="max-w-56 truncate px-1 py-1 font-medium hover:text-accent"
              title={[subject.name, ...subject.artists].join(", ")}
            >
              {subject.name}
            </Link>
            <Button
              variant="ghost"
              size="icon"
              aria-label={t("add.remove", { name: subject.name })}
              onClick={() => view.remove(subject.id)}
            >
              <X aria-hidden />
            </Button>
          </li>
        ))}
      </ul>
      {view.ids.length >= MAX_SUBJECTS ? (
        <p className="text-sm text-muted">{t("add.full")}</p>
      ) : view.kind === "song" ? (
        <AddSong view={view} />
      ) : (
        <>
          <label htmlFor="compare-add" className="sr-only">
            {t("add.artist")}
          </label>
          {/* A new field for each artist: it is empty again after a choice. */}
          <ArtistPicker
            key={view.ids.join(" ")}
            id="compare-add"
            value=""
            placeholder={t("add.artist")}
            className="w-full sm:w-56"
            onChange={(id) => id && !view.ids.includes(id) && view.add(id)}
          />
        </>
      )}
    </Card>
  );
}

/** The letter and colour of a line. */
export function LineMark({ at }: { at: number }) {
  return (
    <span className="inline-flex items-center gap-1.5 text-xs font-semibold text-muted">
      <span aria-hidden className="inline-block h-1 w-4 rounded-full" style={{ background: colourOf(at) }} />
      {symbolOf(at)}
    </span>
  );
}

function AddSong({ view }: { view: ComparisonView }) {
  const [q, setQ] = useState("");
  const { data } = useSongSearch(q);
  const found = data?.items.filter((song) => !view.ids.includes(song.id)) ?? [];
  return (
    <div className="flex w-full flex-wrap items-center gap-2 sm:w-auto">
      <SearchField label={t("add.findSong")} placeholder={t("add.song")} value={q} onChange={setQ} />
      {q && data && found.length === 0 && <p className="text-sm text-muted">{t("add.noSong", { query: q })}</p>}
      {q &&
        found.map((song) => (
          <Button
            key={song.id}
            onClick={() => {
              view.add(song.id);
              setQ("");
            }}
          >
            {songTitle(song)}
          </Button>
        ))}
    </div>
  );
}
