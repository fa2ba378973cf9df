import { KeysPage } from "@/features/keys/keys-page";

export const metadata = { title: "API keys" };

export default function Page() {
  return <KeysPage />;
}
