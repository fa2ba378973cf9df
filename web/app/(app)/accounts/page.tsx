import { AccountsPage } from "@/features/connections/accounts-page";

export const metadata = { title: "Accounts" };

export default function Page() {
  return <AccountsPage />;
}
