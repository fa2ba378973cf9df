import { cn } from "@/lib/class-names";
import { t } from "@/components/messages";

/** A placeholder of the final size. Visible after 150 ms. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cn("skeleton block h-4", className)} />;
}

/** Placeholder rows of a table or list that is loading. */
export function SkeletonRows({ rows = 6, className }: { rows?: number; className?: string }) {
  return (
    <div role="status" aria-label={t("loading")} className={cn("grid gap-3 p-4", className)}>
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} className="flex items-center gap-4">
          <Skeleton className="size-5 rounded-full" />
          <Skeleton className={row % 3 === 0 ? "w-2/5" : row % 3 === 1 ? "w-1/3" : "w-1/2"} />
          <Skeleton className="ml-auto w-16" />
        </span>
      ))}
    </div>
  );
}
