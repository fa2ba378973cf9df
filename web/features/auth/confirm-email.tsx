"use client";

import { resendConfirmation } from "./auth";
import { CheckMail } from "./check-mail";
import { AuthLayout } from "./auth-layout";

/** Shown after sign-up until the address is confirmed. */
export function ConfirmEmail({ email, onDone, onBack }: { email: string; onDone: () => void; onBack: () => void }) {
  return (
    <AuthLayout>
      <CheckMail
        email={email}
        purpose="confirm"
        type="email"
        onDone={onDone}
        send={() => resendConfirmation(email)}
        onBack={onBack}
      />
    </AuthLayout>
  );
}
