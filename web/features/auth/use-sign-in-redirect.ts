"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { useCallback } from "react";
import { safeNext } from "@/lib/session/auth-callback";
import { clearReauthentication } from "@/lib/session/reauthentication";
import { needsMfa } from "@/lib/session/token";

/** The page that was requested, and a redirect to it once the user is signed in, by the second factor if required. */
export function useSignInRedirect() {
  const router = useRouter();
  const queries = useQueryClient();
  const next = safeNext(useSearchParams().get("next"));
  const redirect = useCallback(
    (to: string = next) => {
      clearReauthentication();
      queries.clear(); // nothing of the person before stays
      if (!needsMfa()) router.replace(to);
      else router.replace(`/sign-in/mfa/${to === "/" ? "" : `?next=${encodeURIComponent(to)}`}`);
    },
    [next, queries, router],
  );
  return { next, redirect };
}
