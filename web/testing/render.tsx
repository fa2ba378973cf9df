import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import { StaleBanner } from "@/components/shell/stale-banner";
import { ToastProvider } from "@/components/ui/toast";
import type { Me, Permission } from "@/lib/api/types";
import { SessionProvider } from "@/lib/session/context";

export { router } from "./navigation";

const ALL: Permission[] = [
  "roster:read",
  "roster:write",
  "insights:read",
  "campaigns:read",
  "campaigns:write",
  "documents:read",
  "connections:read",
  "imports:read",
  "imports:write",
  "automation:read",
  "automation:manage",
  "members:read",
  "members:manage",
  "org:manage",
  "jobs:read",
];

function me(permissions: Permission[]): Me {
  const org = { id: "org-1", name: "Night Owl Records", role: "admin" as const };
  return {
    user: { id: "user-1", email: "ada@example.test", display_name: "Ada" },
    orgs: [org],
    active: { org_id: org.id, role: org.role, permissions, platforms: {} },
  } as unknown as Me;
}

/** Render a page with the providers of the shell, as a signed-in member. Returns also the query client. */
export function renderPage(page: React.ReactNode, permissions: Permission[] = ALL) {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const view = render(
    <QueryClientProvider client={queries}>
      <ToastProvider>
        <SessionProvider me={me(permissions)}>
          <StaleBanner />
          {page}
        </SessionProvider>
      </ToastProvider>
    </QueryClientProvider>,
  );
  return { ...view, queries };
}
