import { ReleasePage } from "@/features/metrics/release/release-page";

export const metadata = { title: "Release" };

export default function Page() {
  return <ReleasePage />;
}
