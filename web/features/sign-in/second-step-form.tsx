"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { CodeField } from "@/components/code-field";
import { Button } from "@/components/ui/button";
import { Field, Select } from "@/components/ui/field";
import { Skeleton } from "@/components/ui/skeleton";
import { sentence } from "@/lib/api/error";
import { enterSecondStep, listDevices } from "./auth";
import { Note } from "./welcome-frame";

/** Ask for the code of the authenticator app. */
export function SecondStepForm({ onDone }: { onDone: () => void }) {
  const devices = useQuery({ queryKey: ["own-devices"], queryFn: listDevices, gcTime: 0, retry: false });
  const [chosen, setChosen] = useState<string>();
  const device = chosen ?? devices.data?.[0]?.id;
  const enter = useMutation({
    mutationFn: (code: string) => enterSecondStep(device ?? "", code),
    onSuccess: onDone,
  });
  if (devices.error) return <Note tone="bad">{sentence(devices.error)}</Note>;
  if (!devices.data) return <Skeleton className="h-24" />;
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        enter.mutate(String(new FormData(event.currentTarget).get("code")));
      }}
    >
      {devices.data.length > 1 && (
        <Field label="Device">
          {(wiring) => (
            <Select {...wiring} value={device} onChange={(event) => setChosen(event.target.value)}>
              {devices.data.map((each) => (
                <option key={each.id} value={each.id}>
                  {each.friendly_name || "Authenticator app"}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      <CodeField
        label="Code of the app"
        hint={
          devices.data.length === 1 && devices.data[0]?.friendly_name
            ? `On ${devices.data[0].friendly_name}; a new one every 30 seconds.`
            : "A new one every 30 seconds."
        }
        autoFocus
        error={enter.error ? sentence(enter.error) : null}
        onFull={(form) => form.requestSubmit()}
      />
      <Button type="submit" variant="primary" size="md" busy={enter.isPending}>
        Go on
      </Button>
    </form>
  );
}
