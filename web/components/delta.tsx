import { ArrowDown, ArrowUp, Minus } from "lucide-react";
import type { Change } from "@/lib/change";
import { cn } from "@/lib/class-names";
import { t } from "@/components/messages";

const LOOK = {
  up: { icon: ArrowUp, tone: "text-up" },
  down: { icon: ArrowDown, tone: "text-down" },
  flat: { icon: Minus, tone: "text-muted" },
  none: { icon: null, tone: "text-muted" },
} as const;

/** A change with sign, arrow and colour; its base stands beside it or in the tooltip. */
export function Delta({ change, className }: { change: Change; className?: string }) {
  const { icon: Icon, tone } = LOOK[change.direction];
  return (
    <span
      className={cn("num inline-flex items-center gap-0.5 text-sm font-medium", tone, className)}
      title={change.note}
    >
      {Icon && <Icon className="size-3.5" strokeWidth={2.25} aria-hidden />}
      {change.direction !== "none" && <span className="sr-only">{t(`delta.${change.direction}`)} </span>}
      {change.text}
    </span>
  );
}
