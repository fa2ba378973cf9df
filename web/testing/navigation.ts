import { vi } from "vitest";

// Takes the place of next/navigation in every test; see vitest.setup.ts.

export const router = { push: vi.fn(), replace: vi.fn() };

/** The query that the router has taken up, where it lags behind the address. */
export const routed: { search: string | null } = { search: null };

export const useRouter = () => router;
export const usePathname = () => window.location.pathname;
export const useSearchParams = () => new URLSearchParams(routed.search ?? window.location.search);
