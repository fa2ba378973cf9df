"use client";

import { lazy, Suspense, use, useEffect, useSyncExternalStore } from "react";
import { activeLanguage, languageStart, onLanguageChange } from "@/lib/language/active";

// The titles of the export are English, so English needs none of it.
const PageTitle = lazy(() => import("./page-title").then((module) => ({ default: module.PageTitle })));

/** Writes the page in the reader's language. All of it is made anew when that changes. */
export function ReaderLanguage({ children }: { children: React.ReactNode }) {
  const language = useSyncExternalStore(onLanguageChange, activeLanguage, () => "en");
  useEffect(() => void languageStart(), []);
  return (
    <Suspense key={language}>
      {language !== "en" && (
        <Suspense>
          <PageTitle />
        </Suspense>
      )}
      <AfterStart>{children}</AfterStart>
    </Suspense>
  );
}

/**
 * Holds back the exported English page until its language is there. Nothing of it runs before, so that a link that
 * can be used once is not used twice.
 */
function AfterStart({ children }: { children: React.ReactNode }) {
  const start = typeof window === "undefined" ? null : languageStart();
  if (start) use(start);
  return children;
}
