import { StatusPage } from "@/features/status/status-page";

export const metadata = { title: "Status" };

export default function Page() {
  return <StatusPage />;
}
