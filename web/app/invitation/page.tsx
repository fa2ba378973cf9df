import { Suspense } from "react";
import { InvitationPage } from "@/features/auth/invitation-page";

export const metadata = { title: "Invitation" };

export default function Page() {
  return (
    <Suspense>
      <InvitationPage />
    </Suspense>
  );
}
