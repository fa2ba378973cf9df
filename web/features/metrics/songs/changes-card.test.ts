import { expect, test } from "vitest";
import type { SongChange } from "@/lib/api/types";
import { changeLabel } from "./changes-card";

const CHANGE: SongChange = {
  id: "c",
  kind: "merge",
  recording_id: null,
  other_id: null,
  release_id: "r",
  other_release_id: "o",
  asset_id: "a",
  title: "Night Shift",
  version_title: null,
  other_title: "Night Shift EP",
  asset_title: "Night Shift EP",
  asset_provider: "soundcloud",
  created_by: null,
  created_by_name: null,
  created_at: "2026-05-01T00:00:00Z",
  undone_by: null,
  undone_at: null,
};

test("a change says what was decided about which release or song", () => {
  expect(changeLabel(CHANGE)).toBe("“Night Shift EP” became one release with “Night Shift”");
  expect(changeLabel({ ...CHANGE, kind: "reject" })).toBe(
    "“Night Shift EP” of SoundCloud is not the release “Night Shift”",
  );
  const song = { ...CHANGE, release_id: null, recording_id: "r", title: "Halo" };
  expect(changeLabel({ ...song, kind: "split" })).toBe("“Night Shift EP” of SoundCloud is not a song");
  expect(changeLabel({ ...song, kind: "link" })).toBe("“Night Shift EP” of SoundCloud is the song “Halo”");
});
