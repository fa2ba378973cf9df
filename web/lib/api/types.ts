import type { components } from "./schema";

type Schemas = components["schemas"];

export type Me = Schemas["Me"];
export type Org = Schemas["Org"];
export type Permission = Schemas["Permission"];
export type Provider = Schemas["Provider"];
export type Role = Schemas["Role"];
export type Severity = Schemas["Severity"];
export type Member = Schemas["Member"];
export type PlatformPermissions = Schemas["PlatformPermissions"];
export type AuditEntry = Schemas["AuditEntry"];
export type Insight = Schemas["Insight"];
export type InsightDetail = Schemas["InsightDetail"];
export type Evidence = Schemas["Evidence"];
export type EvidenceRows = Schemas["EvidenceRows"];
export type EvidenceRow = Schemas["EvidenceRow"];
export type Document = Schemas["Document"];
export type Answer = Schemas["Answer"];
export type Artist = Schemas["Artist"];
export type Headline = Schemas["Headline"];
export type Tile = Schemas["Tile"];
export type Summary = Schemas["Summary"];
export type Series = Schemas["Series"];
export type SeriesAnswer = Schemas["SeriesAnswer"];
export type Asset = Schemas["Asset"];
export type Annotation = Schemas["Annotation"];
export type ObservationRow = Schemas["ObservationRow"];
