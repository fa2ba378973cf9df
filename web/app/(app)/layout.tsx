import { Suspense } from "react";
import { Live } from "@/components/shell/live";
import { Shell } from "@/components/shell/shell";
import { SignInAgain } from "@/features/sign-in/sign-in-again";

export default function AppLayout({ children }: { children: React.ReactNode }) {
  return (
    <Shell>
      <Live />
      <SignInAgain />
      <Suspense>{children}</Suspense>
    </Shell>
  );
}
