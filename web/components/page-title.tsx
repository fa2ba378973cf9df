"use client";

import { usePathname } from "next/navigation";
import { useEffect } from "react";
import { t } from "@/components/messages";
import { NAV_ITEMS } from "@/components/shell/navigation";
import { activeLanguage } from "@/lib/language/active";

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

function titleOf(path: string): string | null {
  const page = PAGES.find(([start]) => path.startsWith(start));
  if (page) return t(`titles.${page[1]}`);
  const item = NAV_ITEMS.find((each) => (each.href === "/" ? path === "/" : path.startsWith(each.href)));
  return item ? t(`nav.items.${item.name}`) : null;
}

/**
 * The title of the page in the reader's language: the export has it in English. Stands before the page, which may set
 * a better one, as the name of an artist.
 */
export function PageTitle() {
  const path = usePathname();
  useEffect(() => {
    const title = activeLanguage() === "en" ? null : titleOf(path);
    if (title) document.title = `${title} · ARTi`;
  }, [path]);
  return null;
}
