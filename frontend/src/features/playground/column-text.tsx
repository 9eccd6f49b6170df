import { Plus, X } from "lucide-react";
import { EditorFoot } from "@/components/editor/editor-foot";
import { PromptEditor } from "@/components/editor/prompt-editor";
import { lintTemplate } from "@/components/editor/template-lint";
import { Button, IconButton } from "@/components/ui/button";
import type { Message } from "@/features/prompts/content";
import { toMessages, toText } from "@/features/prompts/content";
import { type Column, type ColumnContent, partsOfColumn } from "./state";

const ROLES = ["system", "user", "assistant"] as const;

interface ColumnTextProps {
  column: Column;
  letter: string;
  onChange: (change: Partial<ColumnContent>) => void;
  /** ⌘↵ in the text. */
  onRun: () => void;
}

/** One text, or messages each with its role. */
export function ColumnText({ column: { content, source }, letter, onChange, onRun }: ColumnTextProps) {
  const { messages, template_format: format } = content;
  const bases = source ? partsOfColumn(source.content) : [];
  const parts = partsOfColumn(content);
  const whole = { ...content, response_schema: null };
  const problems = parts.flatMap((part) => lintTemplate(part.content, { format }).problems);
  const put = (next: Message[]) => onChange({ messages: next });
  const set = (at: number, message: Message) => put(parts.map((old, index) => (index === at ? message : old)));
  return (
    <div className="play__text">
      {parts.map((part, index) => (
        <div key={index}>
          {messages && (
            <div className="row play__role">
              <select
                className="input input--small"
                aria-label={`Role of message ${index + 1} of ${letter}`}
                value={part.role}
                onChange={(event) => set(index, { ...part, role: ROLES.find((role) => role === event.target.value) ?? "user" })}
              >
                {ROLES.map((role) => (
                  <option key={role}>{role}</option>
                ))}
              </select>
              <IconButton
                small
                kind="quiet"
                className="push"
                label={`Remove message ${index + 1} of ${letter}`}
                disabled={parts.length === 1}
                onClick={() => put(parts.filter((_, at) => at !== index))}
              >
                <X className="icon" aria-hidden="true" />
              </IconButton>
            </div>
          )}
          <PromptEditor
            ariaLabel={messages ? `Message ${index + 1} of ${letter}, ${part.role}` : `Prompt of ${letter}`}
            value={part.content}
            format={format}
            foot={false}
            {...(bases[index] && { base: bases[index].content })}
            onChange={(text) => (messages ? set(index, { ...part, content: text }) : onChange({ template: text }))}
            onSubmit={onRun}
          />
        </div>
      ))}
      <EditorFoot text={parts.map((part) => part.content).join("\n")} problems={problems}>
        {messages ? (
          <>
            <Button small onClick={() => put([...parts, { role: parts.at(-1)?.role === "user" ? "assistant" : "user", content: "" }])}>
              <Plus className="icon" aria-hidden="true" />
              Message
            </Button>
            {parts.length === 1 && (
              <Button small onClick={() => onChange({ template: toText(whole).template, messages: null })}>
                As one text
              </Button>
            )}
          </>
        ) : (
          <Button small onClick={() => onChange({ template: null, messages: toMessages(whole).messages })}>
            As messages
          </Button>
        )}
      </EditorFoot>
    </div>
  );
}
