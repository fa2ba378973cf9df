import { OldDataNote } from "@/components/old-data";
import { cn } from "@/lib/class-names";

type Props = React.ComponentProps<"section"> & {
  /** It shows what was there before while something else is loading. */
  old?: boolean;
};

export function Card({ className, old = false, children, ...props }: Props) {
  return (
    <section
      aria-busy={old || undefined}
      className={cn(
        "min-w-0 scroll-mt-16 rounded-card border border-line bg-panel shadow-card",
        old && "[&>*:not([role=status])]:opacity-60",
        className,
      )}
      {...props}
    >
      {old && <OldDataNote />}
      {children}
    </section>
  );
}

type HeadProps = {
  title: React.ReactNode;
  /** Beside the title, and no part of it. */
  help?: React.ReactNode;
  note?: React.ReactNode;
  children?: React.ReactNode;
  id?: string;
};

/** The header of a card: title, note (period, unit, age) and controls. */
export function CardHeader({ title, help, note, children, id }: HeadProps) {
  return (
    <header className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pt-3.5 pb-2">
      <div className="min-w-0 flex-1 basis-48">
        <div className="flex items-center gap-1">
          <h2 id={id} className="min-w-0 text-base font-semibold">
            {title}
          </h2>
          {help}
        </div>
        {note && <p className="text-xs text-muted">{note}</p>}
      </div>
      {children && <div className="flex flex-wrap items-center gap-2">{children}</div>}
    </header>
  );
}
