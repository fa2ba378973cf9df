"use client";

import { useRouter, useSearchParams } from "next/navigation";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { useTell } from "@/components/ui/toast";
import { parseArrival } from "@/lib/session/arrival";
import { useAuthSettings } from "@/lib/session/auth-settings";
import { goOn } from "@/lib/session/interruption";
import { hasSession } from "@/lib/session/token";
import { mailCode, resendConfirmation } from "./auth";
import { Confirmation } from "./confirmation";
import { typedEmail } from "./draft";
import { MailedWay } from "./mailed-way";
import { OtherWays } from "./other-ways";
import { PasswordForm } from "./password-form";
import { SignUp } from "./sign-up";
import { useWayIn } from "./use-way-in";
import { Note, Welcome, WelcomeHead } from "./welcome-frame";

type Mode = "in" | "code" | "up" | "confirm";

const NOTES: Record<string, string> = {
  ended: "Your session ended. Sign in again.",
  everywhere: "You are signed out on all devices.",
  confirmed: "Your address is confirmed. Sign in with your password.",
};

export function SignInPage() {
  const params = useSearchParams();
  const router = useRouter();
  const { next, enter } = useWayIn();
  const [mode, setMode] = useState<Mode>(params.get("new") ? "up" : "in");
  const { data: settings } = useAuthSettings();
  const { tellError } = useTell();
  const note = Object.keys(NOTES).find((name) => params.get(name));

  useEffect(() => {
    const { search, hash } = window.location;
    if (parseArrival(search, hash)) router.replace(`/sign-in/arrive/${search}${hash}`);
    else if (hasSession() && !note) enter();
    else goOn();
  }, [router, note, enter]);

  const confirm = (email: string) => void resendConfirmation(email).then(() => setMode("confirm"), tellError);

  if (mode === "code") {
    return (
      <MailedWay
        title="Sign in by e-mail"
        lead="We send you a link and a code. No password is needed."
        act="Send the code"
        what="to sign in"
        type="email"
        send={(email) => mailCode(email, next)}
        onDone={enter}
      >
        <Button variant="link" onClick={() => setMode("in")}>
          Use a password
        </Button>
      </MailedWay>
    );
  }
  if (mode === "up") return <SignUp onIn={() => enter("/welcome/")} onConfirmed={enter} onBack={() => setMode("in")} />;
  if (mode === "confirm") return <Confirmation email={typedEmail()} onDone={enter} onBack={() => setMode("in")} />;
  return (
    <Welcome>
      <WelcomeHead title="Sign in">Your artists, what changed, and the rows that prove it.</WelcomeHead>
      {note && (
        <Note tone={note === "confirmed" ? "good" : "warn"} className="mt-4">
          {NOTES[note]}
        </Note>
      )}
      <div className="mt-6 grid gap-4">
        <PasswordForm onDone={enter} onUnconfirmed={confirm} />
        <Button size="md" onClick={() => setMode("code")}>
          E-mail me a code instead
        </Button>
        <OtherWays next={next} />
      </div>
      {!settings?.disable_signup && (
        <p className="mt-6 text-sm text-muted">
          New here?{" "}
          <Button variant="link" onClick={() => setMode("up")}>
            Create an account
          </Button>
        </p>
      )}
    </Welcome>
  );
}
