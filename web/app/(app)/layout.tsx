import { Suspense } from "react";
import { Shell } from "@/components/shell/shell";
import { LiveInsights } from "@/features/insights/live";
import { SignInAgain } from "@/features/sign-in/sign-in-again";

export default function AppLayout({ children }: { children: React.ReactNode }) {
  return (
    <Shell>
      <LiveInsights />
      <SignInAgain />
      <Suspense>{children}</Suspense>
    </Shell>
  );
}
