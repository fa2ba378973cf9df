import { cn } from "@/lib/class-names";

/** An artist's picture, or the first letters of the name. */
export function Avatar({ name, url, className }: { name: string; url?: string | null; className?: string }) {
  const shape = cn("size-8 shrink-0 rounded-full object-cover", className);
  if (url) {
    // The provider serves the picture: no image optimiser is needed.
    return <img src={url} alt="" loading="lazy" referrerPolicy="no-referrer" className={shape} />;
  }
  const initials = name
    .split(/\s+/)
    .map((word) => Array.from(word)[0] ?? "")
    .slice(0, 2)
    .join("");
  return (
    <span
      aria-hidden
      className={cn(shape, "grid place-items-center bg-hover text-xs font-semibold text-muted uppercase")}
    >
      {initials}
    </span>
  );
}
