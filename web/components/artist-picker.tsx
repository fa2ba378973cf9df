"use client";

import { useDeferredValue, useEffect, useId, useState } from "react";
import { Input } from "@/components/ui/field";
import { useArtistName, useArtistSearch } from "@/lib/artist-names";
import { cn } from "@/lib/class-names";
import { t } from "@/components/messages";

type Props = {
  id: string;
  /** Of the chosen artist; empty: none. */
  value: string;
  onChange: (id: string) => void;
  placeholder?: string;
  className?: string;
  "aria-describedby"?: string;
};

/** Choose one artist of the roster, however long it is, by a part of the name. */
export function ArtistPicker({ id, value, onChange, placeholder = t("picker.choose"), className, ...props }: Props) {
  const list = useId();
  const chosen = useArtistName(value);
  const [typed, setTyped] = useState<string | null>(null);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const [entered, setEntered] = useState(false);
  const search = useDeferredValue((typed ?? "").trim());
  const { items, hasNextPage, isPlaceholderData } = useArtistSearch(search, open);
  const found = items ?? [];
  // Of a text that was just typed the list may still be that of the text before.
  const settled = items !== null && !isPlaceholderData && search === (typed ?? "").trim();

  const choose = (artist: { id: string } | undefined) => {
    setEntered(false);
    if (!artist) return;
    onChange(artist.id);
    setTyped(null);
    setOpen(false);
  };
  // Enter waits for the artists of the current text.
  useEffect(() => {
    if (entered && settled) choose(found[at]);
  });
  const close = () => {
    setOpen(false);
    setTyped(null);
    setEntered(false);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!open) setOpen(true);
      else setAt((now) => Math.min(Math.max(now + (event.key === "ArrowDown" ? 1 : -1), 0), found.length - 1));
    } else if (event.key === "Enter" && open) {
      setEntered(true);
    } else if (event.key === "Escape" && open) close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={cn("relative", className)}>
      <Input
        id={id}
        role="combobox"
        aria-expanded={open}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={open && found[at] ? `${list}-${at}` : undefined}
        autoComplete="off"
        placeholder={placeholder}
        value={typed ?? chosen}
        onFocus={(event) => event.currentTarget.select()}
        onClick={() => setOpen(true)}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
          setEntered(false);
          setOpen(true);
          if (value) onChange("");
        }}
        onBlur={close}
        onKeyDown={onKeyDown}
        {...props}
      />
      <ul
        id={list}
        role="listbox"
        aria-label={t("palette.found")}
        hidden={!open}
        className="absolute z-30 mt-1 max-h-64 w-full min-w-56 overflow-y-auto rounded-md border border-line bg-panel p-1 shadow-lift"
      >
        {found.map((artist, index) => (
          // The input handles the keys: it keeps the focus and names the active option (aria-activedescendant).
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <li
            key={artist.id}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === at}
            onMouseMove={() => setAt(index)}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(artist)}
            className={cn("cursor-pointer truncate rounded px-2.5 py-1.5 text-sm", index === at && "bg-hover")}
          >
            {artist.name}
          </li>
        ))}
        {(found.length === 0 || hasNextPage) && (
          <li role="presentation" className="px-2.5 py-1.5 text-xs text-muted">
            {found.length > 0
              ? t("picker.more")
              : settled
                ? t("picker.nothing", { text: search })
                : t("picker.searching")}
          </li>
        )}
      </ul>
    </div>
  );
}
