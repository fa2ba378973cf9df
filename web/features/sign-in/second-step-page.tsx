"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { hasSession, lacksSecondStep, signOut } from "@/lib/session/token";
import { SecondStepForm } from "./second-step-form";
import { useWayIn } from "./use-way-in";
import { Welcome, WelcomeHead } from "./welcome-frame";

/** Between the password and the app, for who has set up a second step. */
export function SecondStepPage() {
  const router = useRouter();
  const { enter } = useWayIn();
  const [ready, setReady] = useState(false);

  useEffect(() => {
    if (!hasSession()) router.replace("/sign-in/");
    else if (!lacksSecondStep()) enter();
    else setReady(true);
  }, [router, enter]);

  if (!ready) return null;
  return (
    <Welcome>
      <WelcomeHead title="One more step">
        Open your authenticator app, and type the code that it shows for ARTi.
      </WelcomeHead>
      <div className="mt-6">
        <SecondStepForm onDone={enter} />
      </div>
      <p className="mt-6 text-sm">
        <Button
          variant="link"
          onClick={() =>
            void signOut()
              .catch(() => undefined)
              .finally(() => router.replace("/sign-in/"))
          }
        >
          Use another account
        </Button>
      </p>
      <p className="mt-4 text-xs text-muted">
        The device is lost? Who runs this server can remove it from your account.
      </p>
    </Welcome>
  );
}
