import { Suspense } from "react";
import { Shell } from "@/components/shell/shell";
import { LiveInsights } from "@/features/insights/live";

export default function AppLayout({ children }: { children: React.ReactNode }) {
  return (
    <Shell>
      <LiveInsights />
      <Suspense>{children}</Suspense>
    </Shell>
  );
}
