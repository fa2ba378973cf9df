import { ReviewPage } from "@/features/imports/review/review-page";

export const metadata = { title: "Review files" };

export default function Page() {
  return <ReviewPage />;
}
