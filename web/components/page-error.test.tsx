import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { ApiError } from "@/lib/api/error";
import { PageError, pageErrorMessage } from "./page-error";

test("a crashed page shows a message with the focus, a retry and a link to the roster", async () => {
  const retry = vi.fn();
  render(<PageError error={new TypeError("x is undefined")} retry={retry} />);
  expect(document.activeElement).toBe(screen.getByRole("heading", { name: "Something went wrong" }));
  expect(screen.getByRole("alert").textContent).not.toContain("x is undefined");
  expect(screen.getByRole("link", { name: "Go to the roster" }).getAttribute("href")).toBe("/");
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(retry).toHaveBeenCalledOnce();
});

test("an API error keeps its message and its request id", () => {
  const error = new ApiError(503, { message: "The database is starting.", request_id: "req-1" });
  render(<PageError error={error} retry={() => undefined} />);
  expect(screen.getByText("The database is starting.")).toBeTruthy();
  expect(screen.getByText("Request req-1")).toBeTruthy();
});

test("a missing script causes a full page load, not a retry", () => {
  const error = Object.assign(new Error("Loading chunk 7 failed"), { name: "ChunkLoadError" });
  expect(pageErrorMessage(error)).toMatch(/was updated/);
  render(<PageError error={error} retry={() => undefined} />);
  expect(screen.getByRole("button", { name: "Load again" })).toBeTruthy();
});
