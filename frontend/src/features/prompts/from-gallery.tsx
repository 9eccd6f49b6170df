import { useState } from "react";
import { PromptText } from "@/components/editor/prompt-text";
import { plural } from "@/lib/format";
import { BLANK, partsOf } from "./content";
import { NewPromptFields } from "./new-prompt-fields";
import { STARTERS } from "./starters";

/** Loaded when it is opened: the starters' texts weigh more than the page they are chosen on. */
export function FromGallery() {
  const [name, setName] = useState(STARTERS[0]?.name);
  const starter = STARTERS.find((one) => one.name === name);
  return (
    <>
      <fieldset className="sheet__section plain">
        <legend className="sr">Starter</legend>
        <div className="choices">
          {STARTERS.map((one) => (
            <label key={one.name}>
              <input type="radio" name="starter" value={one.name} checked={one.name === name} onChange={() => setName(one.name)} />
              <span>
                <b>{one.title}</b>
                <span className="t2">{one.about}</span>
              </span>
              <span className="n">{plural(one.examples.length, "example")}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {starter && (
        <>
          <NewPromptFields
            key={starter.name}
            name={starter.name}
            description={starter.about}
            tags={starter.tags}
            content={starter.content}
            examples={starter.examples}
          />
          <section className="sheet__section">
            <h3>Its text</h3>
            <div className="well">
              <PromptText
                parts={partsOf({ ...BLANK, ...starter.content }).map(({ role, content }) => ({ text: content, ...(starter.content.messages && { role }) }))}
                label={`Text of ${starter.title}`}
              />
            </div>
          </section>
          <section className="sheet__section">
            <h3>What its examples are graded by</h3>
            <ul>
              {starter.rubric.map((criterion) => (
                <li key={criterion}>{criterion}</li>
              ))}
            </ul>
            <p className="t2">Evaluators that suit it: {starter.evaluators.join(", ")}.</p>
          </section>
        </>
      )}
    </>
  );
}
