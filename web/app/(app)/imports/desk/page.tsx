import { DeskPage } from "@/features/imports/desk/desk-page";

export const metadata = { title: "Update desk" };

export default function Page() {
  return <DeskPage />;
}
