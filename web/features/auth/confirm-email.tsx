"use client";

import { resendConfirmation } from "./auth";
import { CheckMail } from "./check-mail";
import { AuthLayout } from "./auth-layout";

/** An account waits for its address to be confirmed. */
export function ConfirmEmail({ email, onDone, onBack }: { email: string; onDone: () => void; onBack: () => void }) {
  return (
    <AuthLayout>
      <CheckMail
        email={email}
        what="to confirm your address"
        type="email"
        onDone={onDone}
        send={() => resendConfirmation(email)}
        onBack={onBack}
      />
    </AuthLayout>
  );
}
