import { Suspense } from "react";
import { AuthCallbackPage } from "@/features/auth/auth-callback-page";

export const metadata = { title: "Signing in" };

export default function Page() {
  return (
    <Suspense>
      <AuthCallbackPage />
    </Suspense>
  );
}
