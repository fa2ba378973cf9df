"use client";

import { GitCompareArrows } from "lucide-react";
import { Link } from "@/components/link";
import { Button, buttonStyle } from "@/components/ui/button";
import { WORDS } from "./words";

const MAX_COMPARED = 6;

/** The rows that were chosen to be compared. */
export type Chosen = { ids: string[]; toggle: (id: string) => void };

type Props = { ids: string[]; onClear: () => void };

/** How many rows are chosen, and the way to their comparison. */
export function CompareBar({ ids, onClear }: Props) {
  if (ids.length === 0) return null;
  return (
    <div className="flex flex-wrap items-center gap-2 border-t border-line bg-accent-soft px-4 py-2 text-sm">
      <span role="status" className="mr-auto">
        {ids.length < MAX_COMPARED ? WORDS.chosen(ids.length) : `${WORDS.chosen(ids.length)}. ${WORDS.chosenFull}`}
      </span>
      <Button onClick={onClear}>{WORDS.clearChosen}</Button>
      {ids.length > 1 ? (
        <Link
          href={`/compare/?${ids.map((id) => `artist=${id}`).join("&")}`}
          className={buttonStyle({ variant: "primary" })}
        >
          <GitCompareArrows aria-hidden /> {WORDS.compare(ids.length)}
        </Link>
      ) : (
        <span>{WORDS.compare(ids.length)}</span>
      )}
    </div>
  );
}

/** The box by which a row is chosen. */
export function ChooseBox({ artist, chosen }: { artist: { id: string; name: string }; chosen: Chosen }) {
  const isChosen = chosen.ids.includes(artist.id);
  return (
    <input
      type="checkbox"
      aria-label={WORDS.compareArtist(artist.name)}
      title={WORDS.compareArtist(artist.name)}
      className="size-4 shrink-0 accent-(--accent)"
      checked={isChosen}
      disabled={!isChosen && chosen.ids.length >= MAX_COMPARED}
      onClick={(event) => event.stopPropagation()}
      onChange={() => chosen.toggle(artist.id)}
    />
  );
}
