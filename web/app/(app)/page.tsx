import { RosterPage } from "@/features/roster/roster-page";

export const metadata = { title: "Roster" };

export default function Page() {
  return <RosterPage />;
}
