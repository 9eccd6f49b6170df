import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { plural } from "@/lib/format";
import { experimentChoicesOptions, sampleOutputs } from "./api";

const SIZE = 20;
const NONE_LEFT = "No judged outputs are left to draw from. Run an experiment with a judge first.";

/** Fills the queue; the mutation of both the button and the form. */
export function useSample() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (experiment_id: string | null) => sampleOutputs({ size: SIZE, ...(experiment_id && { experiment_id }) }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["review"] }),
  });
}

export function SampleOutcome({ sample }: { sample: ReturnType<typeof useSample> }) {
  if (sample.error) return <Notice kind="error">{sample.error.detail || sample.error.message}</Notice>;
  if (!sample.data) return null;
  return (
    <Notice kind={sample.data.added === 0 ? "warn" : "info"}>
      {sample.data.added === 0 ? NONE_LEFT : `${plural(sample.data.added, "output")} came into the queue; ${sample.data.remaining} wait.`}
    </Notice>
  );
}

/** Twenty outputs at random: of the experiment that is chosen, or of the last 30 days. */
export function SampleForm() {
  const experiments = useQuery(experimentChoicesOptions);
  const sample = useSample();
  const [from, setFrom] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    sample.mutate(from || null);
  };
  return (
    <form className="stack" onSubmit={submit}>
      <Field label="From" hint="A sample of one experiment also corrects its judge's rate; labels of picked outputs cannot.">
        <select className="input" value={from} onChange={(event) => setFrom(event.target.value)}>
          <option value="">All experiments of the last 30 days</option>
          {experiments.data?.items.map((experiment) => (
            <option key={experiment.id} value={experiment.id}>
              {experiment.name}
            </option>
          ))}
        </select>
      </Field>
      <SampleOutcome sample={sample} />
      <div>
        <Button type="submit" busy={sample.isPending}>
          Sample {SIZE} random outputs
        </Button>
      </div>
    </form>
  );
}
