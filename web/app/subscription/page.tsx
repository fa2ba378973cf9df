import { SubscriptionPage } from "@/features/notifications/subscription-page";

export const metadata = { title: "Mails of ARTi" };

export default function Page() {
  return <SubscriptionPage />;
}
