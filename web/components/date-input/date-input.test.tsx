import { fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { activeRegional, setRegional } from "@/lib/regional";
import { DateInput } from "./date-input";

const usual = activeRegional();
afterEach(() => setRegional(usual));

function open(props: React.ComponentProps<typeof DateInput> = {}) {
  const onChange = vi.fn((event: React.ChangeEvent<HTMLInputElement>) => event.target.value);
  render(<DateInput aria-label="First day" defaultValue="2026-12-01" onChange={onChange} {...props} />);
  fireEvent.click(screen.getByRole("button", { name: "Open the calendar" }));
  return onChange;
}

test("a day is chosen in a month whose weeks begin as the reader's do", () => {
  setRegional({ ...usual, week_start: "sunday" });
  const onChange = open();
  expect(screen.getAllByRole("columnheader").map((each) => each.textContent)).toEqual(
    "Sun Mon Tue Wed Thu Fri Sat".split(" "),
  );
  const [, firstWeek] = screen.getAllByRole("row");
  within(firstWeek!).getByRole("button", { name: "29 Nov 2026" });
  expect(screen.getByRole("button", { name: "1 Dec 2026", pressed: true })).toBe(document.activeElement);
  fireEvent.click(screen.getByRole("button", { name: "24 Dec 2026" }));
  expect(onChange).toHaveReturnedWith("2026-12-24");
  expect(screen.getByLabelText<HTMLInputElement>("First day").value).toBe("2026-12-24");
  expect(screen.queryByRole("table")).toBeNull();
});

test("keys move from day to day, and days before the first allowed one cannot be chosen", () => {
  open({ min: "2026-11-30" });
  const today = () => document.activeElement?.getAttribute("aria-label");
  fireEvent.keyDown(document.activeElement!, { key: "ArrowDown" });
  expect(today()).toBe("8 Dec 2026");
  fireEvent.keyDown(document.activeElement!, { key: "Home" });
  expect(today()).toBe("7 Dec 2026");
  fireEvent.keyDown(document.activeElement!, { key: "PageUp" });
  expect(screen.getByText("Nov 2026")).toBeTruthy();
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "29 Nov 2026" }).disabled).toBe(true);
});
