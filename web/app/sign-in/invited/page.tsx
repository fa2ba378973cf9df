import { Suspense } from "react";
import { NewPasswordPage } from "@/features/auth/new-password-page";

export const metadata = { title: "Welcome" };

export default function Page() {
  return (
    <Suspense>
      <NewPasswordPage invited />
    </Suspense>
  );
}
