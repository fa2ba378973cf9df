"use client";

import { Switch as Radix } from "radix-ui";

type Props = { label: string; checked: boolean; disabled?: boolean; onChange: (checked: boolean) => void };

/** A switch that takes effect immediately. */
export function Switch({ label, checked, disabled, onChange }: Props) {
  return (
    <Radix.Root
      aria-label={label}
      checked={checked}
      disabled={disabled}
      onCheckedChange={onChange}
      className="relative inline-flex h-5 after:absolute after:-inset-2 after:content-[''] w-9 shrink-0 items-center rounded-full border border-field bg-hover px-0.5 transition-colors disabled:opacity-60 data-[state=checked]:border-accent data-[state=checked]:bg-accent"
    >
      <Radix.Thumb className="size-3.5 rounded-full bg-field transition-transform data-[state=checked]:translate-x-4 data-[state=checked]:bg-on-accent" />
    </Radix.Root>
  );
}
