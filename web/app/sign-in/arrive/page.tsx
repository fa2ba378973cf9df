import { Suspense } from "react";
import { ArrivePage } from "@/features/sign-in/arrive-page";

export const metadata = { title: "Signing in" };

export default function Page() {
  return (
    <Suspense>
      <ArrivePage />
    </Suspense>
  );
}
