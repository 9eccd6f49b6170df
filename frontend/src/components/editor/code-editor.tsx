import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef, useState } from "react";
import { codeMarks, type MarkOptions } from "./code-marks";
import type { EditorKeys } from "./keys";

export interface Selection {
  anchor: number;
  head: number;
}

export interface CodeEditorProps extends MarkOptions, EditorKeys {
  value: string;
  onChange: (value: string) => void;
  label: string;
  describedBy?: string | undefined;
  invalid?: boolean | undefined;
  /** Where the person was typing before the editor had loaded. */
  goOn?: Selection | null;
}

const nonce = (): string => document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.content ?? "";

export function CodeEditor(props: CodeEditorProps) {
  const { value, format, known, base, label, describedBy, invalid } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef(props);
  const sent = useRef<string[]>([]); // told to the parent, not yet come back as `value`
  const [{ marks, attributes }] = useState(() => ({ marks: new Compartment(), attributes: new Compartment() }));
  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    const { current } = latest;
    const press = (key: keyof EditorKeys) => () => {
      const act = latest.current[key];
      act?.();
      return act !== undefined;
    };
    const editor = new EditorView({
      parent: host.current ?? undefined,
      state: EditorState.create({
        doc: current.value,
        extensions: [
          EditorView.cspNonce.of(nonce()),
          EditorState.lineSeparator.of("\n"), // a text with \r\n stays as it came
          EditorView.clipboardInputFilter.of((text) => text.replace(/\r\n?/g, "\n")),
          keymap.of([
            { key: "Mod-Enter", run: press("onSubmit") },
            { key: "Mod-s", run: press("onSave") },
          ]),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          history(),
          lineNumbers(),
          EditorView.lineWrapping,
          EditorView.perLineTextDirection.of(true),
          marks.of([]),
          attributes.of([]),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged || update.transactions.some((change) => change.isUserEvent("set"))) return;
            const text = update.state.doc.toString();
            sent.current.push(text);
            latest.current.onChange(text);
          }),
        ],
      }),
    });
    view.current = editor;
    if (current.goOn) {
      const most = editor.state.doc.length;
      const { anchor, head } = current.goOn;
      editor.dispatch({ selection: { anchor: Math.min(anchor, most), head: Math.min(head, most) } });
      editor.focus();
    }
    return () => editor.destroy();
  }, [marks, attributes]);

  useEffect(() => {
    const echo = sent.current.indexOf(value);
    sent.current.splice(0, echo + 1);
    if (echo < 0 && view.current) setText(view.current, value);
  }, [value]);

  const names = known?.join(" ");
  useEffect(() => {
    const defined = names === undefined ? undefined : names.split(" ").filter(Boolean);
    view.current?.dispatch({ effects: marks.reconfigure(codeMarks({ format, known: defined, base })) });
  }, [marks, format, names, base]);

  useEffect(() => {
    const told = {
      "aria-label": label,
      ...(describedBy && { "aria-describedby": describedBy }),
      ...(invalid && { "aria-invalid": "true" }),
    };
    view.current?.dispatch({ effects: attributes.reconfigure(EditorView.contentAttributes.of(told)) });
  }, [attributes, label, describedBy, invalid]);

  return <div className="editor editor--live" ref={host} />;
}

/** Replaces only what differs, so that the cursor and the scroll stay. */
function setText(view: EditorView, text: string): void {
  const old = view.state.doc.toString();
  if (old === text) return;
  let from = 0;
  while (from < Math.min(old.length, text.length) && old[from] === text[from]) from += 1;
  let tail = 0;
  while (tail < Math.min(old.length, text.length) - from && old.at(-1 - tail) === text.at(-1 - tail)) tail += 1;
  view.dispatch({
    changes: { from, to: old.length - tail, insert: text.slice(from, text.length - tail) },
    userEvent: "set",
  });
}
