import { NotificationsPage } from "@/features/notifications/notifications-page";

export const metadata = { title: "Notifications" };

export default function Page() {
  return <NotificationsPage />;
}
