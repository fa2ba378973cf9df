import { SourcesPage } from "@/features/sources/sources-page";

export const metadata = { title: "Sources and metrics" };

export default function Page() {
  return <SourcesPage />;
}
