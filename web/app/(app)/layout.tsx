import { Suspense } from "react";
import { RealtimeUpdates } from "@/components/shell/realtime-updates";
import { Shell } from "@/components/shell/shell";
import { ReauthenticateDialog } from "@/features/auth/reauthenticate-dialog";

export default function AppLayout({ children }: { children: React.ReactNode }) {
  return (
    <Shell>
      <RealtimeUpdates />
      <ReauthenticateDialog />
      <Suspense>{children}</Suspense>
    </Shell>
  );
}
