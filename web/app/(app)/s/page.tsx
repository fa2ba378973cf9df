import { ShortLinkPage } from "@/features/automation/short-link-page";

export const metadata = { title: "Opening a link" };

export default function Page() {
  return <ShortLinkPage />;
}
