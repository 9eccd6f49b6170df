import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Notice } from "@/components/ui/notice";
import { Field } from "@/components/ui/field";
import { providersOptions } from "@/features/operations/api";
import { modelsOptions } from "./api";

/** The provider that is part of the platform. */
const LOCAL = "local";

interface ModelFieldProps {
  label: string;
  model: string | null;
  onChange: (model: string | null) => void;
}

/** What a provider needs before its models answer; asked for only when somebody chose one of them. */
function HowToConfigure({ provider, local }: { provider: string; local: string | undefined }) {
  const providers = useQuery(providersOptions);
  const said = providers.data?.items.find((one) => one.name === provider)?.how_to_configure;
  return (
    <Notice kind="warn" action={<Link to="/settings/$section" params={{ section: "providers" }}>Providers</Link>}>
      {provider} cannot be asked yet. {said} {local && `${local} is built in and needs no key.`}
    </Notice>
  );
}

export function ModelField({ label, model, onChange }: ModelFieldProps) {
  const models = useQuery(modelsOptions);
  const items = models.data?.items ?? [];
  const chosen = items.find((one) => one.name === model);
  const providers = [...new Set(items.map((one) => one.provider))];
  return (
    <>
      <Field label={label} hint={models.error ? "The list of models could not be loaded." : undefined}>
        <select className="input" value={model ?? ""} onChange={(event) => onChange(event.target.value || null)}>
          <option value="">{models.data ? `Platform default, now ${models.data.default}` : "Platform default"}</option>
          {model !== null && !chosen && <option>{model}</option>}
          {providers.map((provider) => (
            <optgroup key={provider} label={provider}>
              {items
                .filter((one) => one.provider === provider)
                .map((one) => (
                  <option key={one.name} value={one.name}>
                    {one.usable ? one.name : `${one.name} (not configured)`}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
      </Field>
      {chosen && !chosen.usable && <HowToConfigure provider={chosen.provider} local={items.find((one) => one.provider === LOCAL)?.name} />}
    </>
  );
}
