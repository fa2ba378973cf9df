import { screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { answerWith, emptyPage } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { MembersPage } from "./members-page";

afterEach(() => window.history.replaceState(null, "", "/"));

test("an address with an unknown view shows the members, not an empty page", async () => {
  window.history.replaceState(null, "", "/members/?view=nonsense");
  answerWith(() => emptyPage);
  renderPage(<MembersPage />);
  expect(screen.getByRole("radio", { name: "Members", checked: true })).toBeTruthy();
  expect(await screen.findByLabelText("Find a member")).toBeTruthy();
});
