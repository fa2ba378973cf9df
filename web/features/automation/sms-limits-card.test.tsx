import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import type { SmsUse } from "@/lib/api/types";
import { answerWith } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { SmsLimitsCard } from "./sms-limits-card";

const USE: SmsUse = {
  month: "2026-11-01",
  messages: 40,
  message_limit: 50,
  highest_message_limit: 500,
  spent: 3.2,
  monthly_limit: 4,
  highest_limit: 40,
  price: 0.08,
  refused: 2,
  at_limit: false,
  configured: true,
} as SmsUse;

function answer(sent: unknown[], use: Partial<SmsUse> = {}) {
  answerWith(async (_, request) => {
    if (request.method === "PUT") sent.push(await request.json());
    return { body: { ...USE, ...use } };
  });
}

test("the month, what was used of each limit, and what a limit refused are shown", async () => {
  answer([], { at_limit: true });
  renderPage(<SmsLimitsCard />);
  expect((await screen.findByRole("meter", { name: "Messages" })).getAttribute("aria-valuetext")).toBe(
    "40 of 50 messages",
  );
  expect(screen.getByRole("meter", { name: "Cost" }).getAttribute("aria-valuetext")).toBe("$3.20 of $4.00");
  screen.getByText("At the limit");
  screen.getByText("2 refused by a limit this month.");
});

test("what is no number changes no limit; an empty field means the operator's", async () => {
  const sent: unknown[] = [];
  answer(sent);
  renderPage(<SmsLimitsCard />);
  fireEvent.click(await screen.findByRole("button", { name: "Change the limits" }));
  const cost = screen.getByRole("textbox", { name: "US dollars a month" });
  fireEvent.change(cost, { target: { value: "two" } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText("Enter a number.");
  expect(sent).toEqual([]);
  fireEvent.change(cost, { target: { value: "" } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(sent).toEqual([{ message_limit: 50, monthly_limit: null }]));
});

test("who does not manage the organisation sees the limits only", async () => {
  answer([]);
  renderPage(<SmsLimitsCard />, ["automation:read"]);
  await screen.findByRole("meter", { name: "Cost" });
  expect(screen.queryByRole("button")).toBeNull();
});
