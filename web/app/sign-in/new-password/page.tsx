import { Suspense } from "react";
import { NewPasswordPage } from "@/features/auth/new-password-page";

export const metadata = { title: "Choose a new password" };

export default function Page() {
  return (
    <Suspense>
      <NewPasswordPage />
    </Suspense>
  );
}
