import { FirstOrgPage } from "@/features/sign-in/first-org-page";

export const metadata = { title: "Welcome" };

export default function Page() {
  return <FirstOrgPage />;
}
