import { type ComponentType, type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import type { CodeEditorProps, Selection } from "./code-editor";
import { EditorFoot } from "./editor-foot";
import type { EditorKeys } from "./keys";
import { PromptText } from "./prompt-text";
import { lintTemplate } from "./template-lint";
import type { TemplateFormat } from "./template-spans";

interface PromptEditorProps extends EditorKeys {
  value: string;
  onChange: (value: string) => void;
  ariaLabel: string;
  readOnly?: boolean;
  format?: TemplateFormat;
  /** Names that are defined; without them nothing is called undefined or unused. */
  variables?: readonly string[];
  /** Lines that differ from this text are marked. */
  base?: string;
  invalid?: boolean;
  /** The line under the text: what is wrong, how long it is. */
  foot?: boolean;
  note?: ReactNode;
  onDefine?: (name: string) => void;
}

export function PromptEditor(props: PromptEditorProps) {
  const { value, ariaLabel, readOnly = false, format = "jinja2", variables, base, foot = true, note, onDefine } = props;
  const id = useId();
  const lint = useMemo(() => lintTemplate(value, { format, known: variables }), [value, format, variables]);
  return (
    <>
      {readOnly ? (
        <PromptText parts={[{ text: value, ...(base !== undefined && { base }) }]} label={ariaLabel} format={format} known={variables} />
      ) : (
        <Typing
          value={value}
          onChange={props.onChange}
          onSubmit={props.onSubmit}
          onSave={props.onSave}
          label={ariaLabel}
          format={format}
          known={variables}
          base={base}
          invalid={props.invalid}
          describedBy={foot ? id : undefined}
        />
      )}
      {foot && <EditorFoot id={id} text={value} problems={lint.problems} onDefine={onDefine} note={note} />}
    </>
  );
}

type Editor = ComponentType<CodeEditorProps>;
let loaded: Editor | null = null;

/** A plain field until the editor is here, and for good when it cannot be loaded. */
function Typing(props: CodeEditorProps) {
  const [editor, setEditor] = useState<{ Code: Editor } | null>(loaded && { Code: loaded });
  const [composing, setComposing] = useState(false);
  const [goOn, setGoOn] = useState<Selection | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    let gone = false;
    const arrived = ({ CodeEditor }: { CodeEditor: Editor }) => {
      loaded = CodeEditor;
      if (!gone) setEditor({ Code: CodeEditor });
    };
    import("./code-editor").then(arrived, () => undefined);
    return () => {
      gone = true;
    };
  }, []);
  const place = () => {
    const { current } = field;
    setGoOn(current && { anchor: current.selectionStart, head: current.selectionEnd });
  };
  if (editor && !composing) return <editor.Code {...props} goOn={goOn} />;
  return (
    <textarea
      ref={field}
      className="editor editor--plain"
      aria-label={props.label}
      aria-describedby={props.describedBy}
      aria-invalid={props.invalid}
      spellCheck={false}
      dir="auto"
      rows={Math.max(4, props.value.split("\n").length)}
      value={props.value}
      onChange={(event) => {
        props.onChange(event.target.value);
        place();
      }}
      onSelect={place}
      onFocus={place}
      onBlur={() => setGoOn(null)}
      onCompositionStart={() => setComposing(true)}
      onCompositionEnd={() => setComposing(false)}
      onKeyDown={(event) => act(event, props)}
    />
  );
}

function act(event: KeyboardEvent, { onSubmit, onSave }: EditorKeys): void {
  if (!(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey) return;
  const run = event.key === "Enter" ? onSubmit : event.key.toLowerCase() === "s" ? onSave : undefined;
  if (!run) return;
  event.preventDefault();
  run();
}
