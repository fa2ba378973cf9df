import { fireEvent, render, screen } from "@testing-library/react";
import { useRef } from "react";
import { expect, test, vi } from "vitest";
import { Card, CardHeader } from "@/components/ui/card";
import { SectionLinks } from "./section-links";

function Page({ titles }: { titles: string[] }) {
  const root = useRef<HTMLDivElement>(null);
  return (
    <div ref={root}>
      <SectionLinks root={root} />
      {titles.map((title) => (
        <Card key={title} aria-labelledby={`${title}-title`}>
          <CardHeader id={`${title}-title`} title={title} />
        </Card>
      ))}
    </div>
  );
}

test("the cards of a page are linked in their order, later ones too", async () => {
  const { rerender } = render(<Page titles={["Songs"]} />);
  expect(screen.queryByRole("navigation")).toBeNull();
  rerender(<Page titles={["Songs", "Playlists"]} />);
  const link = await screen.findByRole("link", { name: "Playlists" });
  expect(screen.getAllByRole("link").map((each) => each.textContent)).toEqual(["Songs", "Playlists"]);
  const scroll = vi.fn();
  Element.prototype.scrollIntoView = scroll;
  fireEvent.click(link);
  expect(scroll.mock.contexts[0]).toBe(screen.getByRole("region", { name: "Playlists" }));
  expect(document.activeElement?.textContent).toBe("Playlists");
});
