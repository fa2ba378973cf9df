"use client";

import { Link } from "@/components/link";
import { buttonStyle } from "@/components/ui/button";
import { t } from "./messages";

/** Of an address that no page has. */
export function NotFoundPage() {
  return (
    <main className="grid min-h-dvh place-items-center p-6 text-center">
      <div className="grid justify-items-center gap-3">
        <p className="num text-sm font-medium text-muted">404</p>
        <h1 className="text-xl font-semibold">{t("notFound.title")}</h1>
        <p className="max-w-sm text-muted">{t("notFound.hint")}</p>
        <Link href="/" className={buttonStyle({ variant: "primary", size: "md" })}>
          {t("notFound.action")}
        </Link>
      </div>
    </main>
  );
}
