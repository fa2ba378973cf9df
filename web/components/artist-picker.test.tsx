import { fireEvent, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { expect, test } from "vitest";
import { answerWith } from "@/testing/api";
import { renderPage } from "@/testing/render";
import { ArtistPicker } from "./artist-picker";

const ROSTER = [
  { id: "ash", name: "Ash Grove" },
  { id: "velvet", name: "Velvet Harbor" },
];

function Picked() {
  const [id, setId] = useState("");
  return (
    <>
      <label htmlFor="whose">Artist</label>
      <ArtistPicker id="whose" value={id} onChange={setId} />
      <output>{id}</output>
    </>
  );
}

test("Enter before the list is there chooses the first artist of the text", async () => {
  const answers: (() => void)[] = [];
  answerWith(async (path, request) => {
    if (path !== "/api/artists") return { body: ROSTER[1] };
    const text = new URL(request.url).searchParams.get("q") ?? "";
    if (text) await new Promise<void>((resolve) => answers.push(resolve));
    const items = ROSTER.filter(({ name }) => name.toLowerCase().includes(text));
    return { body: { items, next_cursor: null } };
  });
  renderPage(<Picked />);
  const field = screen.getByRole("combobox", { name: "Artist" });
  fireEvent.click(field);
  await screen.findByRole("option", { name: "Ash Grove" });
  fireEvent.change(field, { target: { value: "velvet" } });
  fireEvent.keyDown(field, { key: "Enter" });
  await waitFor(() => expect(answers).toHaveLength(1));
  expect(screen.getByRole("status").textContent).toBe("");
  answers.forEach((answer) => answer());
  await waitFor(() => expect(screen.getByRole("status").textContent).toBe("velvet"));
});
