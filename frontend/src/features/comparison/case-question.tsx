import { JsonView } from "@/components/json-view";
import { LongText } from "@/components/long-text";
import type { CaseDetail } from "./api";

const SHORT = 1_200;

/** What was asked, with every variable, and what would have been right. */
export function CaseQuestion({ example }: { example: CaseDetail["example"] }) {
  const variables = Object.entries(example.input_data).filter(([, value]) => value !== example.context);
  const [only] = variables;
  const isOne = variables.length === 1 && typeof only?.[1] === "string";
  return (
    <section className="inspector__section" aria-label="Question">
      {isOne && typeof only?.[1] === "string" ? (
        <LongText text={only[1]} limit={SHORT} className="read strong" />
      ) : (
        <dl className="kv">
          {variables.map(([name, value]) => (
            <Variable key={name} name={name} value={value} />
          ))}
        </dl>
      )}
      {example.expected_output !== null && (
        <Labelled name="Expected" text={example.expected_output} />
      )}
      {example.criteria !== null && (
        <Labelled name="Criteria" text={example.criteria} />
      )}
      {example.context !== null && (
        <details className="fold">
          <summary>Sources it was given</summary>
          <LongText text={example.context} limit={SHORT} className="small" />
        </details>
      )}
    </section>
  );
}

function Labelled({ name, text }: { name: string; text: string }) {
  return (
    <div className="small t2 row top">
      <b>{name}:</b>
      <div className="grow">
        <LongText text={text} limit={SHORT} />
      </div>
    </div>
  );
}

function Variable({ name, value }: { name: string; value: unknown }) {
  return (
    <>
      <dt>
        <code>{name}</code>
      </dt>
      <dd>{typeof value === "string" ? <LongText text={value} limit={SHORT} /> : <JsonView value={value} label={name} />}</dd>
    </>
  );
}
