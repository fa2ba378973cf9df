import { ComparePage } from "@/features/metrics/compare/compare-page";

export const metadata = { title: "Compare" };

export default function Page() {
  return <ComparePage />;
}
