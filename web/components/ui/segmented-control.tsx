"use client";

import { useRef } from "react";
import { cn } from "@/lib/class-names";

type Option = { value: string; label: React.ReactNode; title?: string };
type Props = { label: string; value: string; options: Option[]; onChange: (value: string) => void; className?: string };

const STEPS: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** A choice of a few visible options, one stop of the Tab key; arrows move within. Not tabs: it has no panels. */
export function SegmentedControl({ label, value, options, onChange, className }: Props) {
  const group = useRef<HTMLDivElement>(null);
  const chosen = Math.max(
    options.findIndex((option) => option.value === value),
    0,
  );
  const move = (event: React.KeyboardEvent, from: number) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const buttons = group.current?.querySelectorAll("button");
    buttons?.[(from + step + options.length) % options.length]?.focus();
  };
  return (
    <div
      ref={group}
      role="radiogroup"
      aria-label={label}
      className={cn(
        "inline-flex h-8 items-center max-md:h-9 rounded-md border border-field/60 bg-panel p-0.5 shadow-card",
        className,
      )}
    >
      {options.map((option, index) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          tabIndex={index === chosen ? 0 : -1}
          title={option.title}
          onClick={() => option.value !== value && onChange(option.value)}
          onKeyDown={(event) => move(event, index)}
          className="h-full rounded-[5px] px-2.5 text-sm font-medium text-muted hover:text-fg aria-checked:bg-accent-soft aria-checked:text-accent"
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
