import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { answerWith } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { N8nCard } from "./n8n-card";

const WAITING = {
  id: "0b6b7f0e-0d5c-4d0e-9d7e-2f6f5a6f1c11",
  name: "Tickets",
  template: "failed-account-to-ticket",
  channel_id: "5f2a9c1e-6a3b-4c58-8a52-0f6c4f0c9d22",
  is_active: false,
  runs: [],
  problem: null,
};

function show(editor: string | null) {
  answerWith(() => ({
    body: { editor_url: editor, can_connect: true, problem: null, templates: [], workflows: [WAITING] },
  }));
  renderPage(<N8nCard canManage />);
}

test("where the operator names n8n's editor, managers are sent there", async () => {
  show("https://link.label.example/");
  await screen.findByText("Open it in n8n, add what it needs, and publish it there.");
  expect(screen.getByRole("link", { name: "Open n8n" }).getAttribute("href")).toBe("https://link.label.example/");
});

test("without one, the operator adds what a workflow needs", async () => {
  show(null);
  await screen.findByText("The operator adds what it needs in n8n, and publishes it there.");
  expect(screen.queryByRole("link", { name: "Open n8n" })).toBeNull();
});
