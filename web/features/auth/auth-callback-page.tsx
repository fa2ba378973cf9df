"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import Link from "next/link";
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

/** What a link was for: from our own address where it is one of ours, else from the link's type. */
const PURPOSES: Record<string, string> = { recovery: "new-password", invite: "invited", email_change: "email" };
const NAV_GROUPS: Record<string, string> = {
  "new-password": "/sign-in/new-password/",
  invited: "/sign-in/invited/",
  email: "/settings/?view=account",
  identity: "/settings/?view=account",
};
const ELSEWHERE = ["pkce_code_verifier_not_found", "bad_code_verifier"];

type Told = { title: string; text: string; half?: boolean };

/** Where the links of mails and the answers of other services arrive. */
export function AuthCallbackPage() {
  const router = useRouter();
  const params = useSearchParams();
  const { enter } = useSignInRedirect();
  const { showToast } = useToast();
  const [told, setTold] = useState<Told | null>(null);
  const taken = useRef(false);
  const to = params.get("to") ?? "";

  useEffect(() => {
    if (taken.current) return; // a link can be used once
    taken.current = true;
    const callback = parseAuthCallback(window.location.search, window.location.hash);
    const next = safeNext(new URLSearchParams(window.location.search).get("next"));
    if (!callback) {
      router.replace("/sign-in/");
      return;
    }
    // What the link brought is not left in the address, where it would be copied and kept.
    window.history.replaceState(null, "", window.location.pathname + (to ? `?to=${to}` : ""));
    completeAuthCallback(callback).then(
      (type) => {
        const purpose = to || PURPOSES[type] || "";
        if (type === "message") {
          setTold({
            title: "Half done",
            text: "This address is confirmed. Now open the link that we sent to the other address.",
            half: true,
          });
          return;
        }
        if (purpose === "email") showToast("Your new address is confirmed");
        if (purpose === "identity") showToast("Added. You can sign in with it from now on");
        enter(NAV_GROUPS[purpose] ?? next);
      },
      (problem: unknown) => {
        const elsewhere = problem instanceof AuthError && ELSEWHERE.includes(problem.code);
        // The address was confirmed on the way here; only signing in by the link does not work in this browser.
        if (elsewhere && to === "confirmed") router.replace("/sign-in/?confirmed=1");
        else if (elsewhere && to === "email")
          setTold({
            title: "Your address is confirmed",
            text: "Go on in the browser in which you are signed in.",
            half: true,
          });
        else
          setTold({
            title: to === "identity" ? "It was not added" : "This link does not work",
            text: errorMessage(problem),
          });
      },
    );
  }, [to, router, enter, showToast]);

  if (!told) {
    return (
      <AuthLayout>
        <h1 className="sr-only">One moment</h1>
        <div role="status" aria-label="Signing in" className="grid gap-3">
          <Skeleton className="h-7 w-48" />
          <Skeleton className="w-64" />
        </div>
      </AuthLayout>
    );
  }
  const Icon = told.half ? MailCheck : to === "identity" ? Unlink : LinkIcon;
  const inside = hasSession();
  return (
    <AuthLayout>
      <span
        className={`mb-4 grid size-10 place-items-center rounded-full ${told.half ? "bg-accent-soft text-accent" : "bg-down-soft text-down"}`}
      >
        <Icon className="size-5" aria-hidden />
      </span>
      <AuthHeading title={told.title} />
      <p role={told.half ? "status" : "alert"} className="mt-1 text-muted">
        {told.text}
      </p>
      <p className="mt-6 flex flex-wrap gap-2">
        {!told.half && !inside && (
          <Link
            href={to === "new-password" ? "/sign-in/forgot/" : "/sign-in/"}
            className={buttonStyle({ variant: "primary", size: "md" })}
          >
            {to === "new-password" ? "Ask for a new link" : "Go to sign in"}
          </Link>
        )}
        {inside && (
          <Link
            href={NAV_GROUPS[to]?.startsWith("/settings") ? NAV_GROUPS[to] : "/"}
            className={buttonStyle({ variant: "primary", size: "md" })}
          >
            Go on
          </Link>
        )}
        {told.half && !inside && (
          <Link href="/sign-in/" className={buttonStyle({ size: "md" })}>
            Go to sign in
          </Link>
        )}
      </p>
    </AuthLayout>
  );
}
