"use client";

import { call } from "@/lib/api/client";
import { useAct, useOrgList } from "@/lib/api/queries";
import type { Channel, Delivery, Rule } from "@/lib/api/types";
import type { components } from "@/lib/api/schema";

export type NewChannel = components["schemas"]["NewChannel"];
export type NewRule = components["schemas"]["NewRule"];

const channelAt = (channel_id: string) => ({ path: { channel_id } });
const ruleAt = (rule_id: string) => ({ path: { rule_id } });

export function useChannels() {
  return useOrgList<Channel>(["channels"], (cursor) =>
    call((client) => client.GET("/api/channels", { params: { query: { cursor, limit: 100 } } })),
  );
}

export function useAddChannel(then: (secret: string | null) => void) {
  return useAct((body: NewChannel) => call((client) => client.POST("/api/channels", { body })), {
    stales: [["channels"]],
    done: (channel) => `${channel.name} is ready`,
    then: (channel) => then(channel.secret ?? null),
    quiet: true,
  });
}

/** Turn a channel on or off. */
export function useSwitchChannel() {
  return useAct(
    ({ id, enabled }: { id: string; enabled: boolean }) =>
      call((client) => client.PATCH("/api/channels/{channel_id}", { params: channelAt(id), body: { enabled } })),
    { stales: [["channels"]] },
  );
}

export function useChangeChannel(then: () => void) {
  return useAct(
    ({ id, ...body }: components["schemas"]["ChannelChange"] & { id: string }) =>
      call((client) => client.PATCH("/api/channels/{channel_id}", { params: channelAt(id), body })),
    { stales: [["channels"], ["rules"]], done: "Saved", then, quiet: true },
  );
}

export function useTestChannel() {
  return useAct(
    (id: string) => call((client) => client.POST("/api/channels/{channel_id}/test", { params: channelAt(id) })),
    { stales: [["deliveries"], ["mailbox"]], done: "A test message is on its way: see Deliveries" },
  );
}

export function useRemoveChannel() {
  return useAct(
    (id: string) => call((client) => client.DELETE("/api/channels/{channel_id}", { params: channelAt(id) })),
    { stales: [["channels"], ["rules"]], done: "Channel removed" },
  );
}

export function useRules() {
  return useOrgList<Rule>(["rules"], (cursor) =>
    call((client) => client.GET("/api/rules", { params: { query: { cursor, limit: 100 } } })),
  );
}

export function useAddRule(then: () => void) {
  return useAct((body: NewRule) => call((client) => client.POST("/api/rules", { body })), {
    stales: [["rules"]],
    done: (rule) => `${rule.name}: from now on`,
    then,
    quiet: true,
  });
}

/** Turn a rule on or off. */
export function useSwitchRule() {
  return useAct(
    ({ id, enabled }: { id: string; enabled: boolean }) =>
      call((client) => client.PATCH("/api/rules/{rule_id}", { params: ruleAt(id), body: { enabled } })),
    { stales: [["rules"]] },
  );
}

export function useChangeRule(then: () => void) {
  return useAct(
    ({ id, ...body }: components["schemas"]["RuleChange"] & { id: string }) =>
      call((client) => client.PATCH("/api/rules/{rule_id}", { params: ruleAt(id), body })),
    { stales: [["rules"]], done: "Saved", then, quiet: true },
  );
}

export function useRemoveRule() {
  return useAct((id: string) => call((client) => client.DELETE("/api/rules/{rule_id}", { params: ruleAt(id) })), {
    stales: [["rules"]],
    done: "Rule removed",
  });
}

export function useDeliveries(status: Delivery["status"] | undefined) {
  return useOrgList<Delivery>(
    ["deliveries", status ?? ""],
    (cursor) => call((client) => client.GET("/api/deliveries", { params: { query: { status, cursor, limit: 30 } } })),
    { refetchInterval: 15_000 },
  );
}

export function useRetry() {
  return useAct(
    (id: string) =>
      call((client) => client.POST("/api/deliveries/{delivery_id}/retry", { params: { path: { delivery_id: id } } })),
    { stales: [["deliveries"]], done: "It is tried again" },
  );
}
