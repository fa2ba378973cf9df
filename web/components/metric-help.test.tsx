import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";
import { answerWith } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { MetricHelp } from "./metric-help";

const LISTENERS = { metric: "audience.monthly_listeners", name: "Monthly listeners" };
const TAKINGS = { metric: "own.takings", name: "Merch sold" };

function show(metrics: (typeof LISTENERS)[]) {
  const items = [
    { slug: LISTENERS.metric, description: "People within the last 28 days." },
    { slug: TAKINGS.metric, description: "" },
  ];
  answerWith((path) => (path === "/api/metrics" ? { body: { items } } : { status: 404 }));
  renderPage(<MetricHelp metrics={metrics} />);
}

test("what a metric counts is one click away, beside its name", async () => {
  show([LISTENERS, TAKINGS]);
  await userEvent.click(await screen.findByRole("button", { name: "Monthly listeners: what it counts" }));
  expect(screen.getByRole("definition").textContent).toBe("People within the last 28 days.");
  expect(screen.getByRole("term").textContent).toBe("Monthly listeners");
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("definition")).toBeNull();
});
