import { RosterPage } from "@/features/artists/roster-page";

export const metadata = { title: "Roster" };

export default function Page() {
  return <RosterPage />;
}
