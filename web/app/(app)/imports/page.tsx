import { ImportsPage } from "@/features/imports/imports-page";

export const metadata = { title: "Imports" };

export default function Page() {
  return <ImportsPage />;
}
