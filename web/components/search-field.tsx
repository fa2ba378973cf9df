"use client";

import { Search } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { Input } from "@/components/ui/field";
import { cn } from "@/lib/class-names";

type Props = {
  label: string;
  value: string;
  onChange: (value: string) => void;
  className?: string;
  placeholder?: string;
};

/** A search field, debounced. The key / focuses it. */
export function SearchField({ label, value, onChange, className, placeholder }: Props) {
  const [text, setText] = useState(value);
  const sent = useRef<string[]>([]);
  useEffect(() => {
    // Our own value returns late, when more may have been typed: only a value from elsewhere replaces the text.
    const at = sent.current.indexOf(value);
    sent.current = at < 0 ? [] : sent.current.slice(at + 1);
    if (at < 0) setText(value);
  }, [value]);
  const send = useCallback(() => {
    if (text === value || text === sent.current.at(-1)) return;
    sent.current.push(text);
    onChange(text);
  }, [text, value, onChange]);
  useEffect(() => {
    const timer = window.setTimeout(send, 200);
    return () => window.clearTimeout(timer);
  }, [send]);
  return (
    <div className={cn("relative w-full sm:w-60", className)}>
      <Search
        className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted"
        aria-hidden
      />
      <Input
        type="search"
        data-filter
        aria-label={label}
        placeholder={placeholder ?? label}
        value={text}
        onChange={(event) => setText(event.target.value)}
        // At once: Next.js drops the navigation of a link when the URL changes after the click.
        onBlur={send}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          if (text) setText("");
          else event.currentTarget.blur();
        }}
        className="h-8 pl-8 text-sm"
      />
    </div>
  );
}
