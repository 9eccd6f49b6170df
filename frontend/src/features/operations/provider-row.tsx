import { type UseMutationResult, useMutation } from "@tanstack/react-query";
import { Check, CircleAlert } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Chip } from "@/components/ui/chip";
import { duration, plural } from "@/lib/format";
import type { ApiError, Schemas } from "@/services/http";
import { type Provider, testProvider } from "./api";
import { CircuitState } from "./circuit-state";
import { limitNow } from "./limit-now";

type Test = UseMutationResult<Schemas["ProviderTestRead"], ApiError, string>;

function Refused({ title, children }: { title: string; children?: string | null | undefined }) {
  return (
    <span className="row top">
      <CircleAlert className="icon verdict--regression" aria-hidden="true" />
      <span>
        <b>{title}</b>
        {children && <span className="small t2 under">{children}</span>}
      </span>
    </span>
  );
}

function LastTest({ provider, test }: { provider: Provider; test: Test }) {
  if (test.isPending) return <span className="t2">Asking the provider.</span>;
  if (test.isError) return <Refused title={test.error.title || "The test could not be made"}>{test.error.detail}</Refused>;
  if (!test.data) return <span className="small t2">{provider.configured ? "not tested since this page was opened" : provider.how_to_configure}</span>;
  const { ok, latency_ms, model, error, error_code } = test.data;
  if (!ok) return <Refused title={`Refused: ${error_code ?? "unknown"}`}>{error}</Refused>;
  return (
    <span className="row top">
      <Check className="icon verdict--pass" aria-hidden="true" />
      <span>
        Answered{latency_ms === null ? "" : ` in ${duration(latency_ms)}`}
        <span className="small t3 under">{model}</span>
      </span>
    </span>
  );
}

interface ProviderRowProps {
  provider: Provider;
  mayTest: boolean;
}

export function ProviderRow({ provider, mayTest }: ProviderRowProps) {
  const test = useMutation({ mutationFn: testProvider });
  return (
    <tr>
      <td>
        <b>{provider.name}</b>
        <span className="small t3 under">{provider.base_url ?? (provider.configured ? "its usual address" : "not configured")}</span>
      </td>
      <td>{provider.key_hint ? <code>{provider.key_hint}</code> : <span className="t3">no key</span>}</td>
      <td className="settings__test" aria-live="polite">
        <LastTest provider={provider} test={test} />
      </td>
      <td className="t2">
        {plural(provider.models.length, "model")}
        {provider.concurrency !== null && `, ${provider.concurrency} at once`}
        {provider.models.map(({ name, is_default, limit }) => (
          <span key={name} className="small t3 under">
            <span className="nowrap">
              {name.slice(name.indexOf(":") + 1)} {is_default && <Chip kind="label">default</Chip>}
            </span>
            {limit && <span className="under">{limitNow(limit)}</span>}
          </span>
        ))}
      </td>
      <td className="nowrap">
        {provider.configured ? <CircuitState state={provider.circuit} /> : <span className="small t3">not in use</span>}
      </td>
      <td className="right">
        {mayTest && provider.configured && (
          <Button small aria-label={`Test ${provider.name}`} busy={test.isPending} onClick={() => test.mutate(provider.name)}>
            Test
          </Button>
        )}
      </td>
    </tr>
  );
}
