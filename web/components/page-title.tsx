"use client";

import { usePathname } from "next/navigation";
import { useEffect } from "react";
import { t } from "@/components/messages";
import en from "@/components/messages/en.json";
import { NAV_ITEMS } from "@/components/shell/navigation";

/** The pages that are not in the navigation, the longer of two paths first. */
const PAGES = [
  ["/artist/", "artist"],
  ["/song/", "song"],
  ["/release/", "release"],
  ["/notifications/", "notifications"],
  ["/imports/review/", "review"],
  ["/imports/desk/", "desk"],
  ["/s/", "link"],
  ["/upload/", "upload"],
  ["/subscription/", "subscription"],
  ["/sign-in/invited/", "welcome"],
  ["/sign-in/mfa/", "mfa"],
  ["/sign-in/new-password/", "newPassword"],
  ["/sign-in/forgot/", "forgot"],
  ["/sign-in/", "signIn"],
  ["/invitation/", "invitation"],
  ["/welcome/", "welcome"],
] as const;

/** The title of a page in English, as the export has it, and in the reader's language. */
function titlesOf(path: string): [english: string, own: string] | null {
  const page = PAGES.find(([start]) => path.startsWith(start));
  if (page) return [en.titles[page[1]], t(`titles.${page[1]}`)];
  const item = NAV_ITEMS.find((each) => (each.href === "/" ? path === "/" : path.startsWith(each.href)));
  return item ? [en.nav.items[item.name], t(`nav.items.${item.name}`)] : null;
}

let better: string | null = null;

/** Give the page a better title than that of the export, such as the name of an artist, as soon as it is known. */
export function useOwnTitle(title: string | undefined) {
  useEffect(() => {
    if (!title) return;
    better = `${title} · ARTi`;
    document.title = better;
    return () => {
      better = null;
    };
  }, [title]);
}

/**
 * The title of the page in the reader's language, or its own, in place of that of the export, which Next.js writes some
 * time after the page has changed, and again when the language changes.
 */
export function PageTitle() {
  const path = usePathname();
  useEffect(() => {
    const titles = titlesOf(path);
    if (!titles) return;
    const [english, own] = titles.map((title) => `${title} · ARTi`) as [string, string];
    const translate = () => {
      const wanted = better ?? own;
      if (document.title === english && wanted !== english) document.title = wanted;
    };
    translate();
    const observer = new MutationObserver(translate);
    observer.observe(document.head, { subtree: true, childList: true, characterData: true });
    return () => observer.disconnect();
  }, [path]);
  return null;
}
