import { cn } from "@/lib/class-names";

export function Card({ className, ...props }: React.ComponentProps<"section">) {
  return (
    <section className={cn("min-w-0 rounded-card border border-line bg-panel shadow-card", className)} {...props} />
  );
}

type HeadProps = { title: React.ReactNode; note?: React.ReactNode; children?: React.ReactNode; id?: string };

/** The header of a card: title, note (period, unit, age) and controls. */
export function CardHeader({ title, note, children, id }: HeadProps) {
  return (
    <header className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pt-3.5 pb-2">
      <div className="min-w-0 flex-1 basis-48">
        <h2 id={id} className="text-base font-semibold">
          {title}
        </h2>
        {note && <p className="text-xs text-muted">{note}</p>}
      </div>
      {children && <div className="flex flex-wrap items-center gap-2">{children}</div>}
    </header>
  );
}
