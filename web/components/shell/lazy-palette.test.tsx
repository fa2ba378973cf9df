import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { answerWith } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { PALETTE_EVENT } from "./keyboard-shortcuts";
import { LazyPalette } from "./lazy-palette";

test("what is typed until the field has the focus is in the field", async () => {
  answerWith(() => Promise.resolve({ body: { items: [], next_cursor: null } }));
  renderPage(<LazyPalette />);
  act(() => void window.dispatchEvent(new Event(PALETTE_EVENT)));
  let typed = "";
  while (document.activeElement?.role !== "combobox" && typed.length < 5000) {
    const key = "velvet "[typed.length % 7] ?? "";
    // Not by fireEvent, which would wait for what React has to do.
    window.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
    typed += key;
    await new Promise((done) => setTimeout(done));
  }
  expect(typed).not.toBe("");
  const field: HTMLInputElement = screen.getByRole("combobox");
  await waitFor(() => expect(field.value).toBe(typed));
  fireEvent.keyDown(window, { key: "x" }); // the field's own from now on
  expect(field.value).toBe(typed);
});
