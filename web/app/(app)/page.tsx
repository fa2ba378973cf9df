import { RosterPage } from "@/features/metrics/roster-page";

export const metadata = { title: "Roster" };

export default function Page() {
  return <RosterPage />;
}
