import { StatusPage } from "@/features/ops/status-page";

export const metadata = { title: "Status" };

export default function Page() {
  return <StatusPage />;
}
