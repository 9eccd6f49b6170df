import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { QueryStates } from "@/components/layout/states";
import { Chip } from "@/components/ui/chip";
import { money } from "@/lib/format";
import { Choice, toggled } from "./choice";
import { modelsOptions } from "./plan-api";

interface ModelsChoiceProps {
  chosen: readonly string[];
  onChange: (models: string[]) => void;
}

/** Every model that can be asked; the others say what they need. */
export function ModelsChoice({ chosen, onChange }: ModelsChoiceProps) {
  const models = useQuery(modelsOptions);
  return (
    <QueryStates query={models} failed="The models could not be loaded." rows={4}>
      {({ items, default: usual }) => (
        <div className="choices choices--scroll" role="group" aria-label="Models">
          {items.map((model) => (
            <Choice
              key={model.name}
              checked={chosen.includes(model.name)}
              label={model.name}
              disabled={!model.usable}
              onChange={(isIn) => onChange(toggled(chosen, model.name, isIn))}
              beside={
                model.usable ? (
                  model.input_per_million === null || model.output_per_million === null ? (
                    "price unknown"
                  ) : (
                    `${money(model.input_per_million)} in, ${money(model.output_per_million)} out for 1 M tokens`
                  )
                ) : (
                  <Link to="/settings/$section" params={{ section: "providers" }}>
                    Give {model.provider} a key
                  </Link>
                )
              }
            >
              <b>{model.name}</b>
              {model.name === usual && <Chip>default</Chip>}
            </Choice>
          ))}
        </div>
      )}
    </QueryStates>
  );
}
