"use client";

import { useEffect, useState, type RefObject } from "react";
import { t } from "@/components/messages";

type Section = { id: string; title: string };

function findSections(root: HTMLElement): Section[] {
  return [...root.querySelectorAll<HTMLElement>("section[aria-labelledby] h2[id]")]
    .filter((heading) => heading.closest("section")?.getAttribute("aria-labelledby") === heading.id)
    .map((heading) => ({ id: heading.id, title: heading.textContent?.trim() ?? "" }))
    .filter(({ title }) => title);
}

/** Links to the cards of a long page, in their order, as each of them arrives. */
export function SectionLinks({ root }: { root: RefObject<HTMLElement | null> }) {
  const [sections, setSections] = useState<Section[]>([]);
  useEffect(() => {
    const page = root.current;
    if (!page) return;
    const read = () =>
      setSections((before) => {
        const after = findSections(page);
        return JSON.stringify(before) === JSON.stringify(after) ? before : after;
      });
    read();
    const observer = new MutationObserver(read);
    observer.observe(page, { childList: true, subtree: true, characterData: true });
    return () => observer.disconnect();
  }, [root]);
  if (sections.length < 2) return null;
  return (
    <nav aria-label={t("sections")} className="-my-1 flex gap-x-1 overflow-x-auto py-1 text-sm">
      {sections.map(({ id, title }) => (
        <a
          key={id}
          href={`#${id}`}
          className="shrink-0 rounded-md px-2 py-1.5 whitespace-nowrap text-muted hover:bg-hover hover:text-fg"
          onClick={(event) => {
            event.preventDefault(); // the address keeps period, metric and filters
            const heading = document.getElementById(id);
            heading?.setAttribute("tabindex", "-1");
            heading?.focus({ preventScroll: true });
            heading?.closest("section")?.scrollIntoView({ block: "start" });
          }}
        >
          {title}
        </a>
      ))}
    </nav>
  );
}
