import { Link, type LinkProps } from "@tanstack/react-router";
import { Check, Circle } from "lucide-react";
import { Panel } from "@/components/layout/panel";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useMay } from "@/features/session/use-may";
import type { Onboarding } from "./api";
import { useDemoData } from "./use-demo-data";

type StepKey = Onboarding["steps"][number]["key"];

interface StepWords {
  name: string;
  why: string;
  link: string;
  to: Pick<LinkProps, "to" | "params" | "search">;
}

const STEPS: Readonly<Record<StepKey, StepWords>> = {
  model: {
    name: "Connect a model",
    why: "Or leave it: the built-in model needs no key and costs nothing.",
    link: "Providers",
    to: { to: "/settings/$section", params: { section: "providers" } },
  },
  prompt: {
    name: "Write a prompt",
    why: "Every change of it is kept as a version.",
    link: "New prompt",
    to: { to: "/prompts", search: { new: "blank" } },
  },
  examples: {
    name: "Add three golden examples",
    why: "Questions with the answer you expect; versions are compared on them.",
    link: "Prompts",
    to: { to: "/prompts" },
  },
  experiment: {
    name: "Run an experiment",
    why: "It says whether the new version is worse than the old one, and how sure that is.",
    link: "New experiment",
    to: { to: "/experiments/new" },
  },
  label: {
    name: "Set production",
    why: "The label that your application asks for; it moves without a release.",
    link: "Prompts",
    to: { to: "/prompts" },
  },
};

/** The way to the first verdict, and the short one: data to look at. */
export function FirstSteps({ onboarding }: { onboarding: Onboarding }) {
  const { steps, has_demo_data } = onboarding;
  const done = steps.filter((step) => step.done).length;
  const { load, remove } = useDemoData();
  const mayLoad = useMay("write");
  const mayRemove = useMay("admin");
  const error = load.error ?? remove.error;
  return (
    <Panel
      title="To your first verdict"
      beside={
        <span className="n">
          {done} of {steps.length} done
        </span>
      }
      foot={
        <span>
          or on the command line: <code>llmops demo</code>
        </span>
      }
    >
      <div className="stack">
        <ol className="checks">
          {steps.map(({ key, done: isDone }) => (
            <li key={key}>
              {isDone ? <Check className="icon ok" aria-label="Done" /> : <Circle className="icon t3" aria-label="To do" />}
              <span>
                <b>{STEPS[key].name}</b> <span className="t2">{STEPS[key].why}</span>
              </span>
              <Link className="small" {...STEPS[key].to}>
                {STEPS[key].link}
              </Link>
            </li>
          ))}
        </ol>
        <p className="t2">
          The demo data is a prompt with three versions, forty golden examples, a gate, and an experiment that runs on the built-in model. It needs
          no key.
        </p>
        {error && <Notice kind="error">{error.detail || error.title}</Notice>}
        <div className="row wrap">
          {mayLoad && (
            <Button kind="primary" busy={load.isPending} onClick={() => load.mutate()}>
              {has_demo_data ? "Open the demo data" : "Load demo data"}
            </Button>
          )}
          {has_demo_data && mayRemove && (
            <Button busy={remove.isPending} onClick={() => remove.mutate()}>
              Remove demo data
            </Button>
          )}
        </div>
      </div>
    </Panel>
  );
}

/** The demo's experiment is there and nothing else: how to be rid of it. */
export function DemoNotice() {
  const { remove } = useDemoData();
  const mayRemove = useMay("admin");
  return (
    <>
      {remove.error && <Notice kind="error">{remove.error.detail || remove.error.title}</Notice>}
      <Notice
        action={
          mayRemove && (
            <Button small busy={remove.isPending} onClick={() => remove.mutate()}>
              Remove demo data
            </Button>
          )
        }
      >
        This workspace holds the demo data and nothing of your own yet.
      </Notice>
    </>
  );
}
