"use client";

import { GitCompareArrows } from "lucide-react";
import { Link } from "@/components/link";
import { Button, buttonStyle } from "@/components/ui/button";
import { MAX_COMPARED, WORDS } from "./words";

type Props = { ids: string[]; onClear: () => void };

/** How many rows are chosen, and the way to their comparison. */
export function CompareBar({ ids, onClear }: Props) {
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
