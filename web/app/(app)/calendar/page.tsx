import { CalendarPage } from "@/features/calendar/calendar-page";

export const metadata = { title: "Calendar" };

export default function Page() {
  return <CalendarPage />;
}
