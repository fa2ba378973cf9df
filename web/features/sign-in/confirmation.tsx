"use client";

import { resendConfirmation } from "./auth";
import { CheckMail } from "./check-mail";
import { Welcome } from "./welcome-frame";

/** An account waits for its address to be confirmed. */
export function Confirmation({ email, onDone, onBack }: { email: string; onDone: () => void; onBack: () => void }) {
  return (
    <Welcome>
      <CheckMail
        email={email}
        what="to confirm your address"
        type="email"
        onDone={onDone}
        send={() => resendConfirmation(email)}
        onBack={onBack}
      />
    </Welcome>
  );
}
