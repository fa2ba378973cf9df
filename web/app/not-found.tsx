import { NotFoundPage } from "./not-found-page";

export const metadata = { title: "Not found" };

export default function NotFound() {
  return <NotFoundPage />;
}
