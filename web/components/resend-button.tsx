"use client";

import { now } from "@/lib/clock";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { useToast } from "@/lib/toast";
import { AuthError } from "@/lib/session/auth-error";
import { t } from "@/components/messages";

const PAUSE_SECONDS = 60;

type Props = {
  send: () => Promise<void>;
  label?: string;
  /** When the last mail was sent; default: now. */
  sentAt?: string;
};

function pauseAfter(sentAt: string | undefined): number {
  const passed = sentAt ? (now() - new Date(sentAt).getTime()) / 1000 : 0;
  return Math.max(0, Math.min(PAUSE_SECONDS, Math.ceil(PAUSE_SECONDS - passed)));
}

/** Send a mail again, at most as often as the server allows. */
export function ResendButton({ send, label = t("resend.again"), sentAt }: Props) {
  const [left, setLeft] = useState(() => pauseAfter(sentAt));
  const [busy, setBusy] = useState(false);
  const { showToast, showError } = useToast();
  const waiting = left > 0;

  useEffect(() => {
    if (!waiting) return;
    const timer = window.setInterval(() => setLeft((left) => left - 1), 1000);
    return () => window.clearInterval(timer);
  }, [waiting]);

  const again = async () => {
    setBusy(true);
    try {
      await send();
      showToast(t("resend.sent"));
      setLeft(PAUSE_SECONDS);
    } catch (problem) {
      if (problem instanceof AuthError && problem.code === "over_email_send_rate_limit")
        setLeft(problem.seconds ?? PAUSE_SECONDS);
      else showError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      variant="link"
      className="num aria-disabled:cursor-default aria-disabled:font-normal aria-disabled:text-muted aria-disabled:no-underline aria-disabled:opacity-100"
      busy={busy}
      aria-disabled={waiting || undefined}
      onClick={() => void (waiting || again())}
    >
      {waiting ? t("resend.wait", { label, seconds: left }) : label}
    </Button>
  );
}
