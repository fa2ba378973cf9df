import { Suspense } from "react";
import { MfaPage } from "@/features/auth/mfa-page";

export const metadata = { title: "One more step" };

export default function Page() {
  return (
    <Suspense>
      <MfaPage />
    </Suspense>
  );
}
