import { Suspense } from "react";
import { ForgotPasswordPage } from "@/features/auth/forgot-password-page";

export const metadata = { title: "Forgot your password?" };

export default function Page() {
  return (
    <Suspense>
      <ForgotPasswordPage />
    </Suspense>
  );
}
