import { UploadPage } from "@/features/imports/upload-links/upload-page";

export const metadata = { title: "Hand in files" };

export default function Page() {
  return <UploadPage />;
}
