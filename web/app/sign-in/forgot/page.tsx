import { Suspense } from "react";
import { ForgotPage } from "@/features/sign-in/forgot-page";

export const metadata = { title: "Forgot your password?" };

export default function Page() {
  return (
    <Suspense>
      <ForgotPage />
    </Suspense>
  );
}
