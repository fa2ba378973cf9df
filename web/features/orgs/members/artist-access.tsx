"use client";

import { Checkbox } from "@/components/ui/field";
import { SegmentedControl } from "@/components/ui/segmented-control";
import type { ListedItem, Member, Role } from "@/lib/api/types";
import { ArtistPicker } from "./artist-picker";
import { useArtistGroups } from "./groups/queries";
import { t } from "../messages";

export type Access = { artist_access: Member["artist_access"]; artists: ListedItem[]; groups: ListedItem[] };

type Props = { role: Role; access: Access; disabled?: boolean; onChange: (access: Access) => void };

/** Whether a role leaves a choice: an admin sees all artists, a creator or guest has a list. */
export function accessOfRole(role: Role): Member["artist_access"] | null {
  if (role === "admin") return "all";
  return role === "creator" || role === "guest" ? "list" : null;
}

/** Which artists a member sees: all, or chosen artists and groups. */
export function ArtistAccess({ role, access, disabled, onChange }: Props) {
  const { data: groups } = useArtistGroups();
  const fixed = accessOfRole(role);
  const value = fixed ?? access.artist_access;
  return (
    <section aria-labelledby="artists-title" className="grid gap-3">
      <div>
        <h3 id="artists-title" className="text-sm font-medium">
          {t("artists")}
        </h3>
        <p className="text-xs text-muted">
          {fixed === "all" && t("access.allByAdmin")}
          {fixed === "list" && t("access.listOnly", { role })}
          {!fixed && t("access.othersHidden")}
        </p>
      </div>
      {!fixed && (
        <SegmentedControl
          label={t("access.which")}
          value={value}
          onChange={(next) => !disabled && onChange({ ...access, artist_access: next as Access["artist_access"] })}
          className="justify-self-start"
          options={[
            { value: "all", label: t("access.all") },
            { value: "list", label: t("access.chosen") },
          ]}
        />
      )}
      {value === "list" && (
        <>
          {groups && groups.length > 0 && (
            <fieldset disabled={disabled} className="grid gap-0.5">
              <legend className="mb-1.5 text-sm font-medium">{t("access.groups")}</legend>
              {groups.map((group) => (
                <Checkbox
                  key={group.id}
                  label={t("access.group", { name: group.name, count: group.artists.length })}
                  className="min-h-7"
                  checked={access.groups.some((chosen) => chosen.id === group.id)}
                  onChange={(event) => {
                    const others = access.groups.filter((chosen) => chosen.id !== group.id);
                    const chosen = event.target.checked ? [...others, { id: group.id, name: group.name }] : others;
                    onChange({ ...access, groups: chosen });
                  }}
                />
              ))}
            </fieldset>
          )}
          <ArtistPicker
            label={t("access.single")}
            chosen={access.artists}
            disabled={disabled}
            onChange={(artists) => onChange({ ...access, artists })}
          />
          {access.artists.length + access.groups.length === 0 && (
            <p className="rounded-md bg-hover px-3 py-2 text-sm text-muted">{t("access.nobody")}</p>
          )}
        </>
      )}
    </section>
  );
}

/** What the API takes for a choice. */
export function accessBody(role: Role, access: Access) {
  const artist_access = accessOfRole(role) ?? access.artist_access;
  if (artist_access === "all") return { artist_access };
  return {
    artist_access,
    artist_ids: access.artists.map((artist) => artist.id),
    group_ids: access.groups.map((group) => group.id),
  };
}
