import type { Schemas } from "@/services/http";
import { type ColumnContent, type PlaygroundState, schemaOf, setParameters } from "./state";
import { valuesFor } from "./variables";

export type Trial = Schemas["TrialCreate"];
type JsonObject = Trial["variables"];

/** What the server is asked to run for a column. Throws SyntaxError for a schema that is none. */
export function trialOf(content: ColumnContent, state: PlaygroundState): Trial {
  const { template, messages, template_format, model, parameters, schema } = content;
  const response_schema = schemaOf(schema);
  return {
    ...(messages ? { messages } : { template: template ?? "" }),
    template_format,
    variables: valuesFor(content, state.variables).values as JsonObject,
    ...(model !== null && { model }),
    parameters: { ...setParameters(parameters) } as JsonObject,
    ...(response_schema && { response_schema }),
    evaluators: state.evaluators,
    ...(state.evaluators.length > 0 && state.expected !== "" && { expected_output: state.expected }),
    ...(state.evaluators.length > 0 && state.context !== "" && { context: state.context }),
  };
}
