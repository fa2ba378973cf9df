import { CreateOrgPage } from "@/features/auth/create-org-page";

export const metadata = { title: "Welcome" };

export default function Page() {
  return <CreateOrgPage />;
}
