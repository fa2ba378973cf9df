import { KeysPage } from "@/features/orgs/keys/keys-page";

export const metadata = { title: "API keys" };

export default function Page() {
  return <KeysPage />;
}
