import { MembersPage } from "@/features/orgs/members/members-page";

export const metadata = { title: "Members" };

export default function Page() {
  return <MembersPage />;
}
