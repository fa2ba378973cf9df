import { Suspense } from "react";
import { SecondStepPage } from "@/features/sign-in/second-step-page";

export const metadata = { title: "One more step" };

export default function Page() {
  return (
    <Suspense>
      <SecondStepPage />
    </Suspense>
  );
}
