import { FeedPage } from "@/features/insights/feed-page";

export const metadata = { title: "Insights" };

export default function Page() {
  return <FeedPage />;
}
