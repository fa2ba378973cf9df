"use client";

import { useQueryClient } from "@tanstack/react-query";
import { Dialog as Radix } from "radix-ui";
import { useEffect, useState } from "react";
import { Logo } from "@/components/logo";
import { Button } from "@/components/ui/button";
import { useSession } from "@/lib/session/context";
import { goOn, useInterruption } from "@/lib/session/interruption";
import { hasSession, lacksSecondStep, storedUser } from "@/lib/session/token";
import { OtherWays } from "./other-ways";
import { PasswordForm } from "./password-form";
import { SecondStepForm } from "./second-step-form";

/** Covers the page when its session ends. The page stays behind it as it was: what was typed is not lost. */
export function SignInAgain() {
  const why = useInterruption();
  return why ? <Cover secondStep={why === "second-step"} /> : null;
}

function Cover({ secondStep }: { secondStep: boolean }) {
  const { me, leave } = useSession();
  const queries = useQueryClient();
  const [step, setStep] = useState(secondStep);

  const back = () => {
    if (storedUser()?.id !== me.user.id) window.location.assign("/");
    else if (lacksSecondStep()) setStep(true);
    else {
      goOn();
      void queries.invalidateQueries();
    }
  };

  // Signing in on another tab counts here too.
  useEffect(() => {
    const look = () => {
      if (!hasSession() || lacksSecondStep()) return;
      if (storedUser()?.id !== me.user.id) window.location.assign("/");
      goOn();
    };
    window.addEventListener("storage", look);
    return () => window.removeEventListener("storage", look);
  }, [me.user.id]);

  return (
    <Radix.Root open>
      <Radix.Portal>
        <Radix.Content
          onEscapeKeyDown={(event) => event.preventDefault()}
          onInteractOutside={(event) => event.preventDefault()}
          className="animate-fade fixed inset-0 z-[55] grid place-items-center overflow-y-auto bg-panel px-6 py-12"
        >
          <div className="w-full max-w-[360px]">
            <Logo className="mb-8 size-8" />
            <Radix.Title className="text-2xl font-semibold tracking-tight">
              {step ? "One more step" : "Your session ended"}
            </Radix.Title>
            <Radix.Description className="mt-1 text-muted">
              {step
                ? "Type the code that your authenticator app shows for ARTi."
                : "Sign in again to go on. What you typed is still here."}
            </Radix.Description>
            <div className="mt-6 grid gap-4">
              {step ? (
                <SecondStepForm onDone={back} />
              ) : (
                <>
                  <PasswordForm email={me.user.email} onDone={back} forgot={false} />
                  <OtherWays next={window.location.pathname + window.location.search} />
                </>
              )}
            </div>
            <p className="mt-6 text-sm">
              <Button variant="link" onClick={() => void leave().then(goOn)}>
                Sign in as somebody else, or in another way
              </Button>
            </p>
          </div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
