import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { answerWith } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { TagsDialog } from "./tags-dialog";

test("a tag is deleted from all artists after a question", async () => {
  let tags = [{ id: "tag-1", name: "priority", artists: 3 }];
  const sent: string[] = [];
  answerWith((path, request) => {
    if (request.method === "DELETE") {
      sent.push(path);
      tags = [];
      return { body: null };
    }
    return { body: { items: tags } };
  });
  renderPage(<TagsDialog onClose={() => undefined} />);
  fireEvent.click(await screen.findByRole("button", { name: "Delete the tag priority" }));
  const question = await screen.findByRole("dialog", { name: "Delete the tag priority?" });
  within(question).getByText("3 artists will not have it any more. The artists stay.");
  expect(sent).toEqual([]);
  fireEvent.click(within(question).getByRole("button", { name: "Delete" }));
  await waitFor(() => expect(sent).toEqual(["/api/tags/tag-1"]));
  await screen.findByText("No artist has a tag.");
});
