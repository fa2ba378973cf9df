import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test } from "vitest";
import { answerWith, emptyPage, never, type Answer } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { AutomationPage } from "./automation/automation-page";
import { MailboxPage } from "./automation/mailbox/mailbox-page";
import { CampaignsPage } from "./campaigns/campaigns-page";
import { AccountsPage } from "./connections/accounts-page";
import { ImportsPage } from "./imports/imports-page";
import { RosterCard } from "./home/roster-card";
import { FeedPage } from "./insights/feed-page";
import { KnowledgePage } from "./insights/knowledge/knowledge-page";
import { JobsCard } from "./ops/jobs-card";
import { KeysPage } from "./orgs/keys/keys-page";
import { MembersPage } from "./orgs/members/members-page";

type View = {
  name: string;
  page: React.ReactNode;
  path: string;
  what: string;
  empty: string | RegExp;
  list?: true;
  nothing?: unknown;
};

// Every view, the path of its list, and its text for an empty list.
const VIEWS: View[] = [
  {
    name: "roster",
    page: <RosterCard add={null} />,
    path: "/api/home/artists",
    what: "The roster",
    empty: "Your roster is empty",
    nothing: { groups: [], tags: [], columns: [], items: [], total: 0, page: 1, page_size: 50 },
  },
  { name: "insights", page: <FeedPage />, path: "/api/insights", what: "The insights", empty: "No insights yet" },
  {
    name: "campaigns",
    page: <CampaignsPage />,
    path: "/api/campaigns",
    what: "The campaigns",
    empty: "No campaigns yet",
  },
  {
    name: "knowledge",
    page: <KnowledgePage />,
    path: "/api/documents",
    what: "The documents",
    empty: "No documents yet",
  },
  {
    name: "accounts",
    page: <AccountsPage />,
    path: "/api/accounts",
    what: "The accounts",
    empty: "No accounts connected",
  },
  {
    name: "imports",
    page: <ImportsPage />,
    path: "/api/imports",
    what: "The imports",
    empty: /Nothing has been imported/,
  },
  { name: "rules", page: <AutomationPage />, path: "/api/rules", what: "The rules", empty: "No rules yet" },
  { name: "mailbox", page: <MailboxPage />, path: "/api/mailbox", what: "The mailbox", empty: "The mailbox is empty" },
  { name: "members", page: <MembersPage />, path: "/api/admin/users", what: "The members", empty: /Nothing matches/ },
  { name: "keys", page: <KeysPage />, path: "/api/keys", what: "The keys", empty: "No keys yet", list: true },
  { name: "jobs", page: <JobsCard />, path: "/api/jobs", what: "The jobs", empty: "No jobs yet" },
];

const NO_N8N = { editor_url: null, can_connect: false, problem: null, templates: [], workflows: [] };
const FAULT: Answer = { status: 500, body: { error: "internal", message: "Something went wrong on our side." } };
const FORBIDDEN: Answer = { status: 403, body: { error: "forbidden", message: "Ask an admin of the org." } };

describe.each(VIEWS)("$name", ({ page, path: list, what, empty, list: plain, nothing: body }) => {
  const nothing: Answer = body ? { body } : plain ? { body: [] } : emptyPage;
  /** Respond to the view's list with `answer`; every other list is empty. */
  const answerList = (answer: () => Answer | Promise<Answer>) =>
    answerWith((path) => {
      if (path === list) return answer();
      if (path === "/api/n8n") return { body: NO_N8N };
      return path.endsWith("/health") ? { status: 404 } : emptyPage;
    });

  test("shows placeholders while it loads", async () => {
    answerList(never);
    renderPage(page);
    expect((await screen.findAllByRole("status", { name: "Loading" })).length).toBeGreaterThan(0);
  });

  test("shows a text when it is empty", async () => {
    answerList(() => nothing);
    renderPage(page);
    expect(await screen.findByText(empty)).toBeTruthy();
  });

  test("shows a failed request with its id and a button to try again", async () => {
    let answer = FAULT;
    answerList(() => answer);
    renderPage(page);
    const alert = (await screen.findByText(`${what} could not be loaded`)).closest<HTMLElement>("[role=alert]")!;
    expect(alert.textContent).toContain("req-4711");
    answer = nothing;
    await userEvent.click(within(alert).getByRole("button", { name: "Try again" }));
    expect(await screen.findByText(empty)).toBeTruthy();
  });

  test("shows the server's message when the role is not permitted", async () => {
    answerList(() => FORBIDDEN);
    renderPage(page);
    const title = await screen.findByText("You do not have access to this");
    expect(title.parentElement?.textContent).toContain("Ask an admin of the org.");
    expect(screen.queryByText(`${what} could not be loaded`)).toBeNull();
  });

  test("keeps stale data, with a banner that shows its age", async () => {
    let answer = nothing;
    answerList(() => answer);
    const { queries } = renderPage(page);
    await screen.findByText(empty);
    answer = FAULT;
    await act(() => queries.refetchQueries({ type: "active" }));
    expect(await screen.findByText(/This page was last updated/)).toBeTruthy();
    expect(screen.getByText(empty)).toBeTruthy();
    answer = nothing;
    await act(() => queries.refetchQueries({ type: "active" }));
    await waitFor(() => expect(screen.queryByText(/This page was last updated/)).toBeNull());
  });
});
