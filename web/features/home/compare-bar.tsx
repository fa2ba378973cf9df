"use client";

import { GitCompareArrows } from "lucide-react";
import { Link } from "@/components/link";
import { Button, buttonStyle } from "@/components/ui/button";
import { MAX_COMPARED } from "./words";
import { t } from "./messages";

type Props = { ids: string[]; onClear: () => void };

/** How many rows are chosen, and the way to their comparison. */
export function CompareBar({ ids, onClear }: Props) {
  return (
    <div className="flex flex-wrap items-center gap-2 border-t border-line bg-accent-soft px-4 py-2 text-sm">
      <span role="status" className="mr-auto">
        {t(ids.length < MAX_COMPARED ? "compare.chosen" : "compare.full", { count: ids.length })}
      </span>
      <Button onClick={onClear}>{t("compare.clear")}</Button>
      {ids.length > 1 ? (
        <Link
          href={`/compare/?${ids.map((id) => `artist=${id}`).join("&")}`}
          className={buttonStyle({ variant: "primary" })}
        >
          <GitCompareArrows aria-hidden /> {t("compare.go", { count: ids.length })}
        </Link>
      ) : (
        <span>{t("compare.oneMore")}</span>
      )}
    </div>
  );
}
