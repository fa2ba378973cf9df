import { Link } from "@/components/link";
import { buttonStyle } from "@/components/ui/button";

export const metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center p-6 text-center">
      <div className="grid justify-items-center gap-3">
        <p className="num text-sm font-medium text-muted">404</p>
        <h1 className="text-xl font-semibold">Page not found</h1>
        <p className="max-w-sm text-muted">The address may be mistyped, or the page has moved.</p>
        <Link href="/" className={buttonStyle({ variant: "primary", size: "md" })}>
          Go to the roster
        </Link>
      </div>
    </main>
  );
}
