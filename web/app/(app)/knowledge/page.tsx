import { KnowledgePage } from "@/features/insights/knowledge/knowledge-page";

export const metadata = { title: "Knowledge" };

export default function Page() {
  return <KnowledgePage />;
}
