"use client";

import { call } from "@/lib/api/client";
import { useApiMutation, useOrgList, useOrgQuery } from "@/lib/api/queries";
import type { Channel, Delivery, Rule } from "@/lib/api/types";
import type { components } from "@/lib/api/schema";
import { t } from "./messages";

export type NewChannel = components["schemas"]["NewChannel"];
export type NewRule = components["schemas"]["NewRule"];

const channelAt = (channel_id: string) => ({ path: { channel_id } });
const ruleAt = (rule_id: string) => ({ path: { rule_id } });

export function useChannels() {
  return useOrgList<Channel>(["channels"], (cursor) =>
    call((client) => client.GET("/api/channels", { params: { query: { cursor, limit: 100 } } })),
  );
}

/** The workflows of the operator's n8n that are registered for the org. */
export function useWorkflows() {
  return useOrgQuery(["n8n-workflows"], () => call((client) => client.GET("/api/n8n-workflows")));
}

export function useAddChannel(onSuccess: (secret: string | null) => void) {
  return useApiMutation((body: NewChannel) => call((client) => client.POST("/api/channels", { body })), {
    invalidates: [["channels"]],
    successMessage: (channel) => t("channels.ready", { name: channel.name }),
    onSuccess: (channel) => onSuccess(channel.secret ?? null),
    silent: true,
  });
}

/** Turn a channel on or off. */
export function useToggleChannel() {
  return useApiMutation(
    ({ id, enabled }: { id: string; enabled: boolean }) =>
      call((client) => client.PATCH("/api/channels/{channel_id}", { params: channelAt(id), body: { enabled } })),
    { invalidates: [["channels"]] },
  );
}

export function useChangeChannel(onSuccess: () => void) {
  return useApiMutation(
    ({ id, ...body }: components["schemas"]["ChannelChange"] & { id: string }) =>
      call((client) => client.PATCH("/api/channels/{channel_id}", { params: channelAt(id), body })),
    { invalidates: [["channels"], ["rules"]], successMessage: () => t("saved"), onSuccess, silent: true },
  );
}

export function useTestChannel() {
  return useApiMutation(
    (id: string) => call((client) => client.POST("/api/channels/{channel_id}/test", { params: channelAt(id) })),
    { invalidates: [["deliveries"], ["mailbox"]], successMessage: () => t("channels.tested") },
  );
}

export function useRemoveChannel() {
  return useApiMutation(
    (id: string) => call((client) => client.DELETE("/api/channels/{channel_id}", { params: channelAt(id) })),
    { invalidates: [["channels"], ["rules"]], successMessage: () => t("channels.removed") },
  );
}

export function useRules() {
  return useOrgList<Rule>(["rules"], (cursor) =>
    call((client) => client.GET("/api/rules", { params: { query: { cursor, limit: 100 } } })),
  );
}

export function useAddRule(onSuccess: () => void) {
  return useApiMutation((body: NewRule) => call((client) => client.POST("/api/rules", { body })), {
    invalidates: [["rules"]],
    successMessage: (rule) => t("rules.isOn", { name: rule.name }),
    onSuccess,
    silent: true,
  });
}

/** Turn a rule on or off. */
export function useToggleRule() {
  return useApiMutation(
    ({ id, enabled }: { id: string; enabled: boolean }) =>
      call((client) => client.PATCH("/api/rules/{rule_id}", { params: ruleAt(id), body: { enabled } })),
    { invalidates: [["rules"]] },
  );
}

export function useChangeRule(onSuccess: () => void) {
  return useApiMutation(
    ({ id, ...body }: components["schemas"]["RuleChange"] & { id: string }) =>
      call((client) => client.PATCH("/api/rules/{rule_id}", { params: ruleAt(id), body })),
    { invalidates: [["rules"]], successMessage: () => t("saved"), onSuccess, silent: true },
  );
}

export function useRemoveRule() {
  return useApiMutation(
    (id: string) => call((client) => client.DELETE("/api/rules/{rule_id}", { params: ruleAt(id) })),
    {
      invalidates: [["rules"]],
      successMessage: () => t("rules.removed"),
    },
  );
}

export function useDeliveries(status: Delivery["status"] | undefined) {
  return useOrgList<Delivery>(
    ["deliveries", status ?? ""],
    (cursor) => call((client) => client.GET("/api/deliveries", { params: { query: { status, cursor, limit: 30 } } })),
    { refetchInterval: 15_000 },
  );
}

export function useRetryDelivery() {
  return useApiMutation(
    (id: string) =>
      call((client) => client.POST("/api/deliveries/{delivery_id}/retry", { params: { path: { delivery_id: id } } })),
    { invalidates: [["deliveries"]], successMessage: () => t("deliveries.retrying") },
  );
}
