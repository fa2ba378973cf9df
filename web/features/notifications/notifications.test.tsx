import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { Bell } from "@/components/notifications/bell";
import type { Digest, Notification, Subscription } from "@/lib/api/types";
import { answerWith } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { DigestSheet } from "./digest-sheet";
import { NotificationsPage } from "./notifications-page";
import { SubscriptionPage } from "./subscription-page";

const FALL: Notification = {
  id: "n-1",
  kind: "story",
  title: "Velvet Harbor: streams down 31%",
  detail: "On Spotify, on 24 November 2026",
  artist_name: "Velvet Harbor",
  provider: "spotify",
  severity: "important",
  is_fall: true,
  path: "/insights/?insight=i-1",
  created_at: "2026-11-25T07:00:00Z",
  read_at: null,
};

test("the bell says how many are unread, and is not there without the permission", async () => {
  answerWith(() => ({ body: { count: 120 } }));
  const view = renderPage(<Bell />);
  const bell = await screen.findByRole("link", { name: "Notifications, more than 99 unread" });
  expect(bell.textContent).toBe("99+");
  view.unmount();
  renderPage(<Bell />, ["roster:read"]);
  expect(screen.queryByRole("link")).toBeNull();
});

test("an unread notification is marked as read, and everything at once", async () => {
  const sent: unknown[] = [];
  answerWith(async (path, request) => {
    if (path === "/api/notification-reads") {
      sent.push(await request.json());
      return { status: 200, body: { changed: 1 } };
    }
    return { body: { items: [FALL, { ...FALL, id: "n-2", read_at: "2026-11-26T07:00:00Z" }], next_cursor: null } };
  });
  renderPage(<NotificationsPage />);
  const [unread, read] = await screen.findAllByRole("listitem");
  within(unread!).getByRole("link", { name: /^Unread: ?Velvet Harbor: streams down 31%/ });
  fireEvent.click(within(unread!).getByRole("button", { name: "Mark as read" }));
  await waitFor(() => expect(sent).toEqual([{ ids: ["n-1"], read: true }]));
  within(read!).getByRole("button", { name: "Mark as unread" });
  fireEvent.click(screen.getByRole("button", { name: "Mark all as read" }));
  await waitFor(() => expect(sent).toContainEqual({ read: true }));
});

test("a digest opens with its stories and the roster", async () => {
  const digest: Digest = {
    period_from: "2026-11-23T07:00:00Z",
    period_until: "2026-11-30T07:00:00Z",
    head: ["Mon, 23 Nov 2026, 08:00 to Mon, 30 Nov 2026, 08:00 (Europe/Berlin)"],
    stories: [
      {
        id: "i-1",
        title: "Velvet Harbor: streams down 31%",
        body: "They came to 4,200.",
        artist_name: "Velvet Harbor",
        provider: "spotify",
        metric: "consumption.streams",
        metric_name: "Streams",
        direction: -1,
        happened_on: "2026-11-24",
        chart: { from: "2026-11-22", step_days: 1, of_gains: false, values: [6, 5, 4] },
        path: "/insights/?id=i-1",
      },
    ],
    story_count: 3,
    panels: [
      {
        kind: "roster",
        heading: "The roster",
        rows: [{ name: "Faller", value: "▼ −40.0%", remark: "Spotify · 420 streams", path: "/artist/?id=a-1" }],
      },
    ],
  };
  answerWith((path) => ({ body: path.endsWith("/digest") ? digest : { items: [], next_cursor: null } }));
  renderPage(<DigestSheet id="n-9" onClose={() => undefined} />);
  const sheet = await screen.findByRole("dialog", { name: "Your digest" });
  await within(sheet).findByText(/Europe\/Berlin/);
  const roster = within(sheet).getByRole("region", { name: "The roster" });
  expect(within(roster).getByRole("link", { name: "Faller" }).getAttribute("href")).toMatch(/^\/artist\/?\?id=a-1$/);
  expect(roster.textContent).toContain("▼ −40.0%");
  const more = within(sheet).getByRole("link", { name: "2 more stories" });
  expect(more.getAttribute("href")).toContain("?after=2026-11-23T07%3A00%3A00Z&until=2026-11-30T07%3A00%3A00Z");
});

test("no notifications and a failure are said", async () => {
  answerWith(() => ({ body: { items: [], next_cursor: null } }));
  const view = renderPage(<NotificationsPage />);
  await screen.findByText("No notifications yet");
  view.unmount();
  answerWith(() => ({ status: 500, body: { error: "internal", message: "Something went wrong here." } }));
  renderPage(<NotificationsPage />);
  await screen.findByText(/The notifications could not be loaded/);
});

const SUBSCRIPTION: Subscription = {
  org_name: "Night Owl Records",
  part: "digest",
  frequency: "off",
  choices: ["off", "daily", "weekly"],
} as Subscription;

test("one click in a mail unsubscribes, and the page takes it back", async () => {
  const sent: [string, unknown][] = [];
  answerWith(async (_, request) => {
    const body = request.method === "PUT" ? ((await request.json()) as { frequency: string }) : null;
    sent.push([request.method, body]);
    return { body: { ...SUBSCRIPTION, frequency: body?.frequency ?? "daily" } };
  });
  window.location.hash = "#token=t-1&set=off";
  renderPage(<SubscriptionPage />);
  await screen.findByText("You do not get it any more.");
  expect(sent).toEqual([["PUT", { frequency: "off" }]]);
  expect(screen.queryByRole("button", { name: "Unsubscribe" })).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Every week" }));
  await screen.findByText("You get it every week.");
  window.location.hash = "";
});

test("a link of a mail without its token is explained", async () => {
  window.location.hash = "";
  renderPage(<SubscriptionPage />);
  await screen.findByText("This link does not work");
  screen.getByText(/as it stands in the mail/);
});
