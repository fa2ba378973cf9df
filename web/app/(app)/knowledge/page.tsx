import { KnowledgePage } from "@/features/knowledge/knowledge-page";

export const metadata = { title: "Knowledge" };

export default function Page() {
  return <KnowledgePage />;
}
