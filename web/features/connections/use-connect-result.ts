"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { useToast } from "@/lib/toast";
import { providerName } from "@/lib/providers";
import { useUrlState } from "@/lib/url-state";
import { t } from "./messages";
import { useFinishConnection } from "./queries";

/** Finish a consent when the browser returns from a platform, and show the result. */
export function useConnectResult(): void {
  const { get, set } = useUrlState();
  const { showToast } = useToast();
  const router = useRouter();
  const { mutate: finish } = useFinishConnection();
  const state = get("consent_state");
  const code = get("consent_code");
  const problem = get("connect_error");
  useEffect(() => {
    if (problem) showToast(problem, { kind: "error" });
    if (problem) set({ connect_error: null });
  }, [problem, showToast, set]);
  useEffect(() => {
    if (!state || !code) return;
    set({ consent_state: null, consent_code: null }); // the code works once, and stays in no history
    finish(
      { state, code },
      {
        onSuccess: ({ provider, return_to }) => {
          showToast(t("sync.connected", { platform: providerName(provider) }));
          router.replace(return_to);
        },
        onError: (error) => showToast(error.message, { kind: "error" }),
      },
    );
  }, [state, code, set, finish, showToast, router]);
}
