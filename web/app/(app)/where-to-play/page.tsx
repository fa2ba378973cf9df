import { PlacesPage } from "@/features/metrics/places/places-page";

export const metadata = { title: "Where to play" };

export default function Page() {
  return <PlacesPage />;
}
