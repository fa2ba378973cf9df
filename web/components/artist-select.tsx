"use client";

import { Select } from "@/components/ui/field";
import { useArtistNames } from "@/lib/artist-names";

type Props = React.ComponentProps<"select"> & { none?: string };

/** Choose one artist of the roster. `none` is the label of the empty choice; children are further ones. */
export function ArtistSelect({ none, children, ...props }: Props) {
  const { data } = useArtistNames();
  return (
    // Remounted when the names have loaded: only then does the selected option exist.
    <Select key={data ? "names" : "waiting"} {...props}>
      {none !== undefined && <option value="">{none}</option>}
      {children}
      {data?.map((artist) => (
        <option key={artist.id} value={artist.id}>
          {artist.name}
        </option>
      ))}
    </Select>
  );
}
