import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { PromptEditor } from "@/components/editor/prompt-editor";
import { lintTemplate } from "@/components/editor/template-lint";
import { Button, IconButton } from "@/components/ui/button";
import { type Content, type Message, partsOf } from "./content";

const ROLES = ["system", "user", "assistant"] as const;

interface ContentEditorProps {
  content: Content;
  /** The content the changed lines are marked against. */
  base: Content | null;
  known: readonly string[] | null;
  onChange: (content: Content) => void;
  onDefine: (name: string) => void;
  onSave: () => void;
}

/** A text, or messages each with its role; edited in place. */
export function ContentEditor({ content, base, known, onChange, onDefine, onSave }: ContentEditorProps) {
  const { messages, template_format } = content;
  if (!messages) {
    return (
      <PromptEditor
        ariaLabel="Prompt template"
        value={content.template ?? ""}
        format={template_format}
        {...(known && { variables: known })}
        {...(base?.template && { base: base.template })}
        onChange={(template) => onChange({ ...content, template })}
        onDefine={onDefine}
        onSave={onSave}
        note="draft kept here"
      />
    );
  }
  const put = (next: Message[]) => onChange({ ...content, messages: next });
  const set = (at: number, message: Message) => put(messages.map((old, index) => (index === at ? message : old)));
  const swap = (at: number, other: number) =>
    put(messages.map((old, index) => (index === at ? (messages[other] ?? old) : index === other ? (messages[at] ?? old) : old)));
  const bases = base ? partsOf(base) : [];
  return (
    <>
      {messages.map((message, index) => (
        <fieldset key={index} className="plain message">
          <legend className="sr">Message {index + 1}</legend>
          <div className="message__head row">
            <select
              className="input input--small"
              aria-label={`Role of message ${index + 1}`}
              value={message.role}
              onChange={(event) => set(index, { ...message, role: ROLES.find((role) => role === event.target.value) ?? "user" })}
            >
              {ROLES.map((role) => (
                <option key={role}>{role}</option>
              ))}
            </select>
            <span className="push row">
              <IconButton small kind="quiet" label={`Move message ${index + 1} up`} disabled={index === 0} onClick={() => swap(index, index - 1)}>
                <ArrowUp className="icon" aria-hidden="true" />
              </IconButton>
              <IconButton small kind="quiet" label={`Move message ${index + 1} down`} disabled={index === messages.length - 1} onClick={() => swap(index, index + 1)}>
                <ArrowDown className="icon" aria-hidden="true" />
              </IconButton>
              <IconButton small kind="quiet" label={`Remove message ${index + 1}`} disabled={messages.length === 1} onClick={() => put(messages.filter((_, at) => at !== index))}>
                <X className="icon" aria-hidden="true" />
              </IconButton>
            </span>
          </div>
          <PromptEditor
            ariaLabel={`Message ${index + 1}, ${message.role}`}
            value={message.content}
            format={template_format}
            {...(known && { variables: readBy(message.content, known) })}
            {...(bases[index] && { base: bases[index].content })}
            onChange={(text) => set(index, { ...message, content: text })}
            onDefine={onDefine}
            onSave={onSave}
            note={index === messages.length - 1 ? "draft kept here" : undefined}
          />
        </fieldset>
      ))}
      <div className="panel__foot">
        <Button small onClick={() => put([...messages, { role: messages.at(-1)?.role === "user" ? "assistant" : "user", content: "" }])}>
          <Plus className="icon" aria-hidden="true" />
          Add message
        </Button>
      </div>
    </>
  );
}

/** Of what is defined, what this message reads: the rest may stand in another one. */
function readBy(text: string, known: readonly string[]): string[] {
  const { variables } = lintTemplate(text);
  return known.filter((name) => variables.includes(name));
}
