import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { JsonView } from "@/components/json-view";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { tagsOf } from "@/features/golden/columns";
import type { Schemas } from "@/services/http";
import { showAtFields } from "@/services/form-errors";
import { type RunDetail, addAsExample } from "./api";

interface AddExampleProps {
  run: RunDetail;
  promptId: string;
  onClose: () => void;
}

interface Form {
  expected_output: string;
  criteria: string;
  tags: string;
  split: string;
  critical: boolean;
}

const FIELDS = ["expected_output", "criteria", "tags", "split", "critical"] as const;

/** The run's input with what a good answer to it says; the output is the start of that, to be mended. */
export function AddExample({ run, promptId, onClose }: AddExampleProps) {
  const client = useQueryClient();
  const form = useForm<Form>({ defaultValues: { expected_output: run.output ?? "", criteria: "", tags: "", split: "test", critical: false } });
  const add = useMutation({
    mutationFn: addAsExample,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["prompts", promptId, "golden-examples"] });
      void client.invalidateQueries({ queryKey: ["prompts", "named"] });
      toast("Added as a golden example.");
      onClose();
    },
    onError: (error) => {
      const rest = showAtFields<Form>(error, FIELDS, form.setError);
      if (rest) form.setError("root", { message: rest });
    },
  });
  const send = form.handleSubmit((values) =>
    add.mutate({
      promptId,
      body: {
        input_data: run.variables as Schemas["ExampleCreate"]["input_data"],
        expected_output: values.expected_output || null,
        criteria: values.criteria || null,
        tags: tagsOf(values.tags),
        split: values.split.trim() || "test",
        weight: 1,
        critical: values.critical,
        source: `run ${run.id}`,
      },
    }),
  );
  const { errors } = form.formState;
  return (
    <Dialog
      title="Add as golden example"
      onClose={onClose}
      foot={
        <>
          <Button kind="primary" type="submit" form="add-example" busy={add.isPending}>
            Add example
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </>
      }
    >
      <form id="add-example" className="stack" onSubmit={(event) => void send(event)}>
        <JsonView value={run.variables} label="Input" />
        <Field label="Expected output" hint="What a good answer says. It starts as this run's output: mend what is wrong." error={errors.expected_output?.message}>
          <textarea className="input" rows={6} dir="auto" {...form.register("expected_output")} />
        </Field>
        <Field label="Criteria" hint="What a judge looks at." error={errors.criteria?.message}>
          <input className="input" {...form.register("criteria")} />
        </Field>
        <Field label="Tags" hint="; between them" error={errors.tags?.message}>
          <input className="input" autoComplete="off" {...form.register("tags")} />
        </Field>
        <Field label="Split" error={errors.split?.message}>
          <input className="input" autoComplete="off" {...form.register("split")} />
        </Field>
        <label className="check">
          <input type="checkbox" {...form.register("critical")} />
          critical: if it fails, the experiment fails
        </label>
        {errors.root && <Notice kind="error">{errors.root.message}</Notice>}
      </form>
    </Dialog>
  );
}
