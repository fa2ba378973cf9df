import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { answerWith } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { WebhooksCard } from "./webhooks-card";

const SLACK = {
  source: "slack",
  url: "http://api.test/webhooks/slack?org=org-1",
  signing: "slack-v0",
  created_at: "2026-11-01T00:00:00Z",
  received: 0,
  last_received_at: null,
};

function answer(sent: unknown[], sources: unknown[] = [SLACK]) {
  answerWith(async (path, request) => {
    if (request.method === "DELETE") sent.push(path);
    if (request.method === "POST") {
      const body = (await request.json()) as { source: string };
      sent.push(body);
      return { status: 201, body: { ...SLACK, source: body.source, secret: "whsec_once", verify_token: null } };
    }
    return { body: { items: sources, next_cursor: null } };
  });
}

async function choose(item: string) {
  fireEvent.keyDown(await screen.findByRole("button", { name: "More about Slack" }), { key: "Enter" });
  fireEvent.click(await screen.findByRole("menuitem", { name: item }));
}

test("a sender is added, and its secret is shown once", async () => {
  const sent: unknown[] = [];
  answer(sent);
  renderPage(<WebhooksCard canManage />);
  await screen.findByText("signed by Slack · no call yet");
  fireEvent.click(screen.getByRole("button", { name: "Sender" }));
  const dialog = await screen.findByRole("dialog", { name: "Add a sender" });
  const choices = within(dialog).getAllByRole("option");
  expect(choices.map((option) => option.textContent)).toEqual(["n8n", "Meta", "A program of your own"]);
  fireEvent.click(within(dialog).getByRole("button", { name: "Add" }));
  await screen.findByRole("dialog", { name: "n8n may send now" });
  screen.getByText("whsec_once");
  expect(sent).toEqual([{ source: "n8n", secret: null }]);
});

test("the secret of Slack is replaced by the one that Slack shows", async () => {
  const sent: unknown[] = [];
  answer(sent);
  renderPage(<WebhooksCard canManage />);
  await choose("Replace the secret");
  fireEvent.change(await screen.findByRole("textbox", { name: "Secret" }), { target: { value: "abcdef123456" } });
  fireEvent.click(screen.getByRole("button", { name: "Replace" }));
  await waitFor(() => expect(sent).toEqual([{ source: "slack", secret: "abcdef123456" }]));
});

test("a sender is removed after a question", async () => {
  const sent: unknown[] = [];
  answer(sent);
  renderPage(<WebhooksCard canManage />);
  await choose("Remove");
  const dialog = await screen.findByRole("dialog", { name: "Remove Slack?" });
  expect(sent).toEqual([]);
  fireEvent.click(within(dialog).getByRole("button", { name: "Remove" }));
  await waitFor(() => expect(sent).toEqual(["/api/webhook-sources/slack"]));
});

test("who does not manage automation sees senders and their calls only", async () => {
  answer([]);
  renderPage(<WebhooksCard canManage={false} />);
  fireEvent.keyDown(await screen.findByRole("button", { name: "More about Slack" }), { key: "Enter" });
  expect((await screen.findAllByRole("menuitem")).map((item) => item.textContent?.trim())).toEqual([
    "Address, and what arrived",
  ]);
});
