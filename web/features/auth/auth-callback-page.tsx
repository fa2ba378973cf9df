"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { Link } from "@/components/link";
import { LinkIcon, MailCheck, Unlink } from "lucide-react";
import { buttonStyle } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useToast } from "@/lib/toast";
import { errorMessage } from "@/lib/api/error";
import { parseAuthCallback, safeNext } from "@/lib/session/auth-callback";
import { hasSession } from "@/lib/session/token";
import { AuthError } from "@/lib/session/auth-error";
import { completeAuthCallback } from "./auth";
import { useSignInRedirect } from "./use-sign-in-redirect";
import { AuthLayout, AuthHeading } from "./auth-layout";
import { t } from "./messages";

/** The purpose of a link: from our own parameter, otherwise from the link's type. */
const PURPOSES: Record<string, string> = { recovery: "new-password", invite: "invited", email_change: "email" };
const NAV_GROUPS: Record<string, string> = {
  "new-password": "/sign-in/new-password/",
  invited: "/sign-in/invited/",
  email: "/settings/?view=account",
  identity: "/settings/?view=account",
};
const OTHER_BROWSER = ["pkce_code_verifier_not_found", "bad_code_verifier"];

type Outcome = { title: string; text: string; unfinished?: boolean };

/** The target of e-mail links and of redirects from identity providers. */
export function AuthCallbackPage() {
  const router = useRouter();
  const params = useSearchParams();
  const { redirect } = useSignInRedirect();
  const { showToast } = useToast();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const handled = useRef(false);
  const to = params.get("to") ?? "";

  useEffect(() => {
    if (handled.current) return; // a link can be used once
    handled.current = true;
    const callback = parseAuthCallback(window.location.search, window.location.hash);
    const next = safeNext(new URLSearchParams(window.location.search).get("next"));
    if (!callback) {
      router.replace("/sign-in/");
      return;
    }
    // The credentials are removed from the URL, which could be copied or stored in the history.
    window.history.replaceState(null, "", window.location.pathname + (to ? `?to=${to}` : ""));
    completeAuthCallback(callback).then(
      (type) => {
        const purpose = to || PURPOSES[type] || "";
        if (type === "message") {
          setOutcome({
            title: t("callback.oneMore"),
            text: t("callback.oneMoreHint"),
            unfinished: true,
          });
          return;
        }
        if (purpose === "email") showToast(t("callback.emailChanged"));
        if (purpose === "identity") showToast(t("callback.identityAdded"));
        redirect(NAV_GROUPS[purpose] ?? next);
      },
      (error: unknown) => {
        const otherBrowser = error instanceof AuthError && OTHER_BROWSER.includes(error.code);
        // The address is confirmed already; only signing in by the link does not work in this browser.
        if (otherBrowser && to === "confirmed") router.replace("/sign-in/?confirmed=1");
        else if (otherBrowser && to === "email")
          setOutcome({
            title: t("callback.confirmed"),
            text: t("callback.confirmedHint"),
            unfinished: true,
          });
        else
          setOutcome({
            title: to === "identity" ? t("callback.identityFailed") : t("callback.broken"),
            text: errorMessage(error),
          });
      },
    );
  }, [to, router, redirect, showToast]);

  if (!outcome) {
    return (
      <AuthLayout>
        <h1 className="sr-only">{t("callback.moment")}</h1>
        <div role="status" aria-label={t("callback.signingIn")} className="grid gap-3">
          <Skeleton className="h-7 w-48" />
          <Skeleton className="w-64" />
        </div>
      </AuthLayout>
    );
  }
  const Icon = outcome.unfinished ? MailCheck : to === "identity" ? Unlink : LinkIcon;
  const signedIn = hasSession();
  return (
    <AuthLayout>
      <span
        className={`mb-4 grid size-10 place-items-center rounded-full ${outcome.unfinished ? "bg-accent-soft text-accent" : "bg-down-soft text-down"}`}
      >
        <Icon className="size-5" aria-hidden />
      </span>
      <AuthHeading title={outcome.title} />
      <p role={outcome.unfinished ? "status" : "alert"} className="mt-1 text-muted">
        {outcome.text}
      </p>
      <p className="mt-6 flex flex-wrap gap-2">
        {!outcome.unfinished && !signedIn && (
          <Link
            href={to === "new-password" ? "/sign-in/forgot/" : "/sign-in/"}
            className={buttonStyle({ variant: "primary", size: "md" })}
          >
            {to === "new-password" ? t("callback.newLink") : t("goToSignIn")}
          </Link>
        )}
        {signedIn && (
          <Link
            href={NAV_GROUPS[to]?.startsWith("/settings") ? NAV_GROUPS[to] : "/"}
            className={buttonStyle({ variant: "primary", size: "md" })}
          >
            {t("continue")}
          </Link>
        )}
        {outcome.unfinished && !signedIn && (
          <Link href="/sign-in/" className={buttonStyle({ size: "md" })}>
            {t("goToSignIn")}
          </Link>
        )}
      </p>
    </AuthLayout>
  );
}
