"use client";

import "./globals.css";
import { PageError } from "@/components/page-error";
import { THEME_SCRIPT } from "@/lib/theme";
import { t } from "./messages";

/** The root layout crashed, so this page cannot use it. */
export default function GlobalError({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en" className="font-sans" suppressHydrationWarning>
      <head>
        <title>{`${t("crashed")} · ARTi`}</title>
        <script dangerouslySetInnerHTML={{ __html: THEME_SCRIPT }} />
      </head>
      <body>
        <main>
          <PageError error={error} retry={reset} className="min-h-dvh" />
        </main>
      </body>
    </html>
  );
}
