"use client";

import type { Evidence, InsightDetail } from "@/lib/api/types";
import { cn } from "@/lib/class-names";
import { t } from "./messages";

type Props = {
  pieces: InsightDetail["pieces"];
  evidence: Evidence[];
  open: string | null;
  onOpen: (slot: string) => void;
};

/** A text in which every number is a button that opens its evidence. */
export function EvidenceText({ pieces, evidence, open, onOpen }: Props) {
  const bySlot = new Map(evidence.filter((each) => each.value !== null).map((each) => [each.slot, each]));
  return (
    <>
      {pieces.map((piece, index) => {
        const number = piece.slot ? bySlot.get(piece.slot) : undefined;
        if (!number) return <span key={index}>{piece.text}</span>;
        return (
          <button
            key={index}
            type="button"
            onClick={() => onOpen(number.slot)}
            aria-expanded={open === number.slot}
            title={t("evidence.show", { label: number.label })}
            className={cn(
              "num rounded-[4px] bg-accent-soft px-1 font-semibold text-accent underline decoration-accent/40 decoration-dotted underline-offset-4 hover:decoration-solid",
              open === number.slot && "ring-2 ring-accent",
            )}
          >
            {piece.text}
          </button>
        );
      })}
    </>
  );
}
