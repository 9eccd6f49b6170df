import { type EditorState, type Extension, type Range, RangeSet, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, GutterMarker, gutterLineClass } from "@codemirror/view";
import { changedLines } from "./changed-lines";
import { type LintOptions, lintTemplate } from "./template-lint";

export interface MarkOptions extends LintOptions {
  /** The text the lines are compared with. */
  base?: string | undefined;
}

interface Marks {
  inText: DecorationSet;
  besideText: RangeSet<GutterMarker>;
}

const tag = Decoration.mark({ class: "var" });
const comment = Decoration.mark({ class: "role" });
const bad = Decoration.mark({ class: "var var--bad" });
const changed = Decoration.line({ class: "changed" });
const changedNumber = new (class extends GutterMarker {
  override elementClass = "changed";
})();

/** Tags as chips, what is wrong with them, and lines that differ from the base. */
export function codeMarks(options: MarkOptions): Extension {
  return StateField.define<Marks>({
    create: (state) => marksOf(state, options),
    update: (marks, change) => (change.docChanged ? marksOf(change.state, options) : marks),
    provide: (field) => [
      EditorView.decorations.from(field, (marks) => marks.inText),
      gutterLineClass.from(field, (marks) => marks.besideText),
    ],
  });
}

function marksOf(state: EditorState, { base, ...options }: MarkOptions): Marks {
  const text = state.doc.toString();
  const { spans, problems } = lintTemplate(text, options);
  const wrong = problems.filter((problem) => problem.to > problem.from);
  const ranges: Range<Decoration>[] = spans.map((span) => {
    const isWrong = wrong.some((problem) => problem.from < span.end && problem.to > span.start);
    return (isWrong ? bad : span.kind === "comment" ? comment : tag).range(span.start, span.end);
  });
  const lines = base === undefined || base === text ? [] : changedLines(base, text);
  const starts = lines.map((line) => state.doc.line(line + 1).from);
  return {
    inText: Decoration.set([...ranges, ...starts.map((start) => changed.range(start))], true),
    besideText: RangeSet.of(starts.map((start) => changedNumber.range(start))),
  };
}
