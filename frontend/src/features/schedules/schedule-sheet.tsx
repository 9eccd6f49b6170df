import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useId, useState } from "react";
import { useForm, useWatch } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { toast } from "@/components/ui/toast";
import { useZone } from "@/features/analytics/zone";
import { evaluatorsOptions, promptsFoundOptions } from "@/features/experiments/plan-api";
import { plural } from "@/lib/format";
import { showAtFields } from "@/services/form-errors";
import { ApiError, type Schemas } from "@/services/http";
import { type Schedule, SCHEDULES_KEY, changeSchedule, createSchedule } from "./api";

interface ScheduleForm {
  prompt: string;
  name: string;
  cron: string;
  time_zone: string;
  versions: string;
  watch: boolean;
  evaluators: string;
  max_cost_usd: string;
}

type Evaluator = Schedule["request"]["evaluators"][number];

interface ScheduleSheetProps {
  /** What is changed; nothing for a new one. */
  schedule?: Schedule | undefined;
  onClose: () => void;
  onSaved: (schedule: Schedule) => void;
}

const EVERY = [
  { cron: "0 6 * * *", words: "daily at 6" },
  { cron: "0 6 * * 1-5", words: "weekdays at 6" },
  { cron: "0 6 * * 1", words: "Mondays at 6" },
  { cron: "0 * * * *", words: "every hour" },
];
const FIELDS = ["prompt", "name", "cron", "time_zone", "versions", "watch", "evaluators", "max_cost_usd"] as const;

const nameOf = (evaluator: Evaluator): string => (typeof evaluator === "string" ? evaluator : String(evaluator.name));

function initial(schedule: Schedule | undefined, zone: string): ScheduleForm {
  return {
    prompt: schedule?.prompt_name ?? "",
    name: schedule?.name ?? "",
    cron: schedule?.cron ?? "0 6 * * 1-5",
    time_zone: schedule?.time_zone ?? zone,
    versions: schedule?.versions.join(", ") ?? "production",
    watch: schedule?.watch ?? true,
    evaluators: schedule?.request.evaluators.map(nameOf).join(", ") ?? "",
    max_cost_usd: schedule?.request.max_cost_usd ?? "",
  };
}

const listed = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

/** By name; one that had options keeps them. */
function chosenFrom(text: string, schedule: Schedule | undefined): Evaluator[] {
  const before = schedule?.request.evaluators ?? [];
  return listed(text).map((name) => before.find((one) => nameOf(one) === name) ?? name);
}

/** Fields of the request stand beside the others here: `#/request/evaluators` is `evaluators`. */
function flat(error: ApiError): ApiError {
  const errors = error.errors.map((one) => ({ ...one, pointer: one.pointer.replace("#/request/", "#/") }));
  return new ApiError(error.status, error.code, error.title, error.detail, errors, error.requestId, error.body);
}

/** When it runs, what, and what it may cost. */
export function ScheduleSheet({ schedule, onClose, onSaved }: ScheduleSheetProps) {
  const client = useQueryClient();
  const zone = useZone();
  const form = useForm<ScheduleForm>({ defaultValues: initial(schedule, zone) });
  const typed = useDeferredValue(useWatch({ control: form.control, name: "prompt" }).trim());
  const prompts = useQuery({ ...promptsFoundOptions(typed), enabled: schedule === undefined });
  const [refusal, setRefusal] = useState<string | null>(null);
  const evaluators = useQuery(evaluatorsOptions);
  const [names, promptNames] = [useId(), useId()];
  const save = useMutation({
    mutationFn: (values: ScheduleForm) => {
      const { prompt, evaluators: chosen, max_cost_usd, versions, ...plain } = values;
      const request = { ...schedule?.request, evaluators: chosenFrom(chosen, schedule), max_cost_usd: max_cost_usd.trim() || null } as Schemas["ScheduleRequest"];
      const body = { ...plain, versions: listed(versions), request };
      return schedule ? changeSchedule({ schedule, body }) : createSchedule({ ...body, prompt, enabled: true });
    },
    onSuccess: async (saved) => {
      await client.invalidateQueries({ queryKey: SCHEDULES_KEY });
      toast(`${saved.name} is ${schedule ? "changed" : "planned"}.`);
      onSaved(saved);
    },
    onError: (error) => {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === "name_taken") form.setError("name", { message: error.detail }, { shouldFocus: true });
      else setRefusal(showAtFields(flat(error), FIELDS, form.setError));
    },
  });
  const { errors } = form.formState;
  return (
    <Dialog
      title={schedule ? `Change ${schedule.name}` : "New schedule"}
      shape="sheet"
      onClose={onClose}
      foot={
        <Button type="submit" form="schedule" kind="primary" className="push" busy={save.isPending}>
          {schedule ? "Save" : "Plan it"}
        </Button>
      }
    >
      <form
        id="schedule"
        className="sheet__section"
        noValidate
        onSubmit={form.handleSubmit((values) => {
          setRefusal(null);
          save.mutate(values);
        })}
      >
        {refusal && <Notice kind="error">{refusal}</Notice>}
        {!schedule && (
          <>
            <Field label="Prompt" error={errors.prompt?.message} hint="Type a part of its name, a tag or a word of its text.">
              <input
                className="input"
                list={promptNames}
                spellCheck={false}
                autoComplete="off"
                maxLength={200}
                {...form.register("prompt", { required: "Choose a prompt.", setValueAs: (name: string) => name.trim() })}
              />
            </Field>
            <datalist id={promptNames}>
              {prompts.data?.items.map(({ id, name, golden_count }) => (
                <option key={id} value={name}>
                  {plural(golden_count, "golden example")}
                </option>
              ))}
            </datalist>
          </>
        )}
        <Field label="Name" error={errors.name?.message}>
          <input className="input" autoComplete="off" {...form.register("name", { required: "Give it a name." })} />
        </Field>
        <Field label="When" error={errors.cron?.message} hint="Five fields: minute, hour, day, month, day of the week.">
          <input className="input code" spellCheck={false} {...form.register("cron", { required: "Say when it is due." })} />
        </Field>
        <div className="row wrap" role="group" aria-label="Common times">
          {EVERY.map(({ cron, words }) => (
            <Button key={cron} small onClick={() => form.setValue("cron", cron, { shouldValidate: true })}>
              {words}
            </Button>
          ))}
        </div>
        <Field label="Time zone" error={errors.time_zone?.message}>
          <input className="input" spellCheck={false} {...form.register("time_zone", { required: "Name a time zone." })} />
        </Field>
        <Field label="Version" error={errors.versions?.message} hint="A label or a number, looked up at each run; several with commas are compared.">
          <input className="input" spellCheck={false} {...form.register("versions", { required: "Name a version." })} />
        </Field>
        <label className="check top">
          <input type="checkbox" {...form.register("watch")} />
          <span>Watch it: tell when it scores otherwise although nobody changed it</span>
        </label>
        <Field label="Scored by" error={errors.evaluators?.message} hint="Several with commas; the first leads. Empty: those the golden examples have material for.">
          <input className="input" list={names} spellCheck={false} {...form.register("evaluators")} />
        </Field>
        <datalist id={names}>
          {evaluators.data?.judges.map(({ name }) => (
            <option key={name} value={`judge:${name}`}>
              {name}
            </option>
          ))}
          {evaluators.data?.builtIn.map(({ name, summary }) => (
            <option key={name} value={name}>
              {summary}
            </option>
          ))}
        </datalist>
        <Field label="A run may cost, in USD" error={errors.max_cost_usd?.message} hint="Empty: no cap of its own.">
          <input className="input" inputMode="decimal" {...form.register("max_cost_usd")} />
        </Field>
      </form>
    </Dialog>
  );
}
