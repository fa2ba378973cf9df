"use client";

import { Select } from "@/components/ui/field";
import { useArtistNames } from "@/lib/artist-names";

type Props = Omit<React.ComponentProps<"select">, "children"> & { none?: string };

/** Choose one artist of the roster. `none` words the empty choice. */
export function ArtistSelect({ none, ...props }: Props) {
  const { data } = useArtistNames();
  return (
    <Select {...props}>
      {none !== undefined && <option value="">{none}</option>}
      {data?.map((artist) => (
        <option key={artist.id} value={artist.id}>
          {artist.name}
        </option>
      ))}
    </Select>
  );
}
