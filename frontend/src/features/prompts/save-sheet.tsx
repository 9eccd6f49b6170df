import { useNavigate } from "@tanstack/react-router";
import { GitMerge } from "lucide-react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";
import { ago, plural } from "@/lib/format";
import { showAtFields } from "@/services/form-errors";
import type { Prompt, Version } from "./api";
import { BLANK, contentOf } from "./content";
import { OwnChange, TheirChange } from "./save-diff";
import { SavePlan } from "./save-plan";
import type { VersionDraft } from "./use-prompt-draft";
import { type Meanwhile, meanwhileIn, sameAs, useSaveVersion } from "./use-save-version";
import { useVersion, useVersions } from "./use-versions";

const FORM = "save-version";

interface ConflictProps {
  prompt: Prompt;
  meanwhile: Meanwhile;
  onRebase: () => void;
  onSave: () => void;
}

/** Somebody was faster: the text is kept, and the two ways on are here. */
function Conflict({ prompt, meanwhile: { number }, onRebase, onSave }: ConflictProps) {
  const { items } = useVersions(prompt.id);
  const theirs = items.find((version) => version.number === number);
  return (
    <div className="notice notice--warn" role="alert">
      <GitMerge className="icon" aria-hidden="true" />
      <span className="grow">
        <b>
          v{number} was saved by {theirs ? `${theirs.created_by} ${ago(theirs.created_at)}` : "somebody else meanwhile"}.
        </b>{" "}
        Your text is safe.
      </span>
      <Button small onClick={onRebase}>
        See the change and rebase
      </Button>
      <Button small onClick={onSave}>
        Save mine as v{number + 1}
      </Button>
    </div>
  );
}

interface SaveSheetProps {
  prompt: Prompt;
  draft: VersionDraft;
  /** The draft now follows another version, or has another message. */
  onDraft: (draft: VersionDraft) => void;
  onShow: (number: number) => void;
  onSaved: (version: Version) => void;
  onClose: () => void;
}

export function SaveSheet({ prompt, draft, onDraft, onShow, onSaved, onClose }: SaveSheetProps) {
  const { content, parent } = draft;
  const form = useForm({ defaultValues: { message: draft.message ?? "" } });
  const [rebased, setRebased] = useState<{ from: Meanwhile; to: Meanwhile } | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const before = useVersion(prompt, parent > 0 ? parent : undefined).version;
  const navigate = useNavigate();
  const [isRun, setRun] = useState(false);
  const rival = prompt.production?.number ?? (parent > 0 ? parent : undefined);
  const save = useSaveVersion(prompt, async (version) => {
    onSaved(version);
    if (!isRun) return;
    const versions = [...(rival === undefined ? [] : [String(rival)]), String(version.number)];
    await navigate({ to: "/experiments/new", search: { prompt: prompt.name, versions, ...(rival !== undefined && { baseline: String(rival) }) } });
  });
  const [meanwhile, same] = [meanwhileIn(save.error), sameAs(save.error)];
  const send = (follows: number) =>
    form.handleSubmit(({ message }) => {
      setSaid(null);
      const tell = { onError: (error: NonNullable<typeof save.error>) => setSaid(showAtFields(error, ["message"], form.setError)) };
      if (!save.isPending) save.mutate({ content, message: message.trim(), parent: follows }, tell);
    })();
  const rebase = (to: Meanwhile) => {
    if (before) setRebased({ from: { id: before.id, number: before.number }, to });
    onDraft({ ...draft, parent: to.number });
    save.reset();
    setSaid(null);
  };
  const newHead = `v${parent + 1}, yours`;
  return (
    <Dialog
      title={`Save as v${parent + 1}`}
      shape="sheet"
      keepsText
      onClose={onClose}
      foot={
        <>
          <span className="small t3">Versions are never changed afterwards.</span>
          <span className="push" />
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={FORM} kind="primary" busy={save.isPending}>
            Save as v{parent + 1}
          </Button>
        </>
      }
    >
      <form
        id={FORM}
        className="sheet__section"
        noValidate
        onChange={() => onDraft({ ...draft, message: form.getValues("message") })}
        onSubmit={(event) => {
          event.preventDefault();
          void send(parent);
        }}
      >
        {meanwhile && <Conflict prompt={prompt} meanwhile={meanwhile} onRebase={() => rebase(meanwhile)} onSave={() => void send(meanwhile.number)} />}
        {!meanwhile && said && (
          <Notice
            kind="error"
            action={
              same !== null && (
                <Button small onClick={() => onShow(same)}>
                  Show v{same}
                </Button>
              )
            }
          >
            {said}
          </Notice>
        )}
        <Field label="What changed and why?" error={form.formState.errors.message?.message}>
          <textarea
            className="input"
            rows={2}
            autoFocus
            maxLength={2000}
            {...form.register("message", { validate: (text) => text.trim() !== "" || "Say it in a sentence; the people after you read it in the list." })}
          />
        </Field>
        {prompt.golden_count > 0 && (
          <label className="check">
            <input type="checkbox" checked={isRun} onChange={(event) => setRun(event.target.checked)} />
            <span>
              Then set up an experiment on {plural(prompt.golden_count, "golden example")}
              {rival !== undefined && `, against v${rival}`}
            </span>
          </label>
        )}
        {isRun && <SavePlan prompt={prompt.name} parent={parent} rival={rival} />}
      </form>
      {rebased && (
        <section className="sheet__section">
          <h3>What v{rebased.to.number} changed meanwhile</h3>
          <TheirChange from={rebased.from} to={rebased.to} />
          <p className="small t2">Your text is as you wrote it. Close this to take over what you want to keep of theirs.</p>
        </section>
      )}
      <section className="sheet__section">
        <h3>{parent > 0 ? `Yours against v${parent}` : "The first version"}</h3>
        {(before || parent === 0) && <OwnChange before={before ? contentOf(before) : BLANK} after={content} oldHead={parent > 0 ? `v${parent}` : "nothing"} newHead={newHead} />}
      </section>
    </Dialog>
  );
}
