"use client";

import { CalendarDays } from "lucide-react";
import { useRef, useState } from "react";
import { t } from "./messages";
import { cn } from "@/lib/class-names";
import { DayGrid } from "./day-grid";
import { Input } from "@/components/ui/field";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";

/** Change an input as a person does: forms listen for it. */
function type(input: HTMLInputElement, value: string): void {
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input, value);
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

/** A day, typed into the browser's own field or chosen in a month whose weeks begin as the reader's do. */
export function DateInput({ className, ref, ...props }: Omit<React.ComponentProps<"input">, "type">) {
  const input = useRef<HTMLInputElement | null>(null);
  const [open, setOpen] = useState(false);
  return (
    <span className={cn("relative block h-9 w-full", className)}>
      <Input
        {...props}
        type="date"
        className="date-input h-full pr-9"
        ref={(element) => {
          input.current = element;
          return typeof ref === "function" ? ref(element) : undefined;
        }}
      />
      <Popover open={open} onOpenChange={setOpen}>
        <PopoverTrigger asChild>
          <button
            type="button"
            aria-label={t("open")}
            disabled={props.disabled}
            className="absolute inset-y-0 right-0 grid w-9 place-items-center rounded-md text-muted hover:text-fg"
          >
            <CalendarDays className="size-4" aria-hidden />
          </button>
        </PopoverTrigger>
        <PopoverContent align="end" className="w-auto">
          <DayGrid
            value={input.current?.value ?? ""}
            min={props.min?.toString()}
            max={props.max?.toString()}
            onChoose={(day) => {
              if (input.current) type(input.current, day);
              setOpen(false);
            }}
          />
        </PopoverContent>
      </Popover>
    </span>
  );
}
