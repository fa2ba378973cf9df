import { RoyaltiesPage } from "@/features/money/royalties-page";

export const metadata = { title: "Royalties" };

export default function Page() {
  return <RoyaltiesPage />;
}
