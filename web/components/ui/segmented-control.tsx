"use client";

import { ToggleGroup } from "radix-ui";
import { cn } from "@/lib/class-names";

type Option = { value: string; label: React.ReactNode; title?: string };
type Props = { label: string; value: string; options: Option[]; onChange: (value: string) => void; className?: string };

/** A choice of a few visible options. Not tabs: it has no panels. */
export function SegmentedControl({ label, value, options, onChange, className }: Props) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(next) => next && onChange(next)}
      className={cn(
        "inline-flex h-8 items-center max-md:h-9 rounded-md border border-field/60 bg-panel p-0.5 shadow-card",
        className,
      )}
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          title={option.title}
          className="h-full rounded-[5px] px-2.5 text-sm font-medium text-muted hover:text-fg data-[state=on]:bg-accent-soft data-[state=on]:text-accent"
        >
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
