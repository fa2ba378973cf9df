"use client";

import dynamic from "next/dynamic";
import { useReauthentication } from "@/lib/session/reauthentication";

const Cover = dynamic(() => import("./reauthenticate-cover").then((module) => module.ReauthenticateCover), {
  ssr: false, // else the page above waits for it, hidden
});

/** Covers the page when its session ends. The page stays mounted, so that nothing typed is lost. */
export function ReauthenticateDialog() {
  const reason = useReauthentication();
  return reason ? <Cover mfa={reason === "mfa"} confirms={reason === "confirm"} /> : null;
}
