import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Panel } from "@/components/layout/panel";
import { QueryStates } from "@/components/layout/states";
import { CopyButton } from "@/components/ui/copy-button";
import { Segmented } from "@/components/ui/segmented";
import { promptNamesOptions } from "./api";
import { HOSTS, configFile, hostOf, stepsFor } from "./ci-files";
import { CiKey } from "./ci-key";
import { ExitCodes } from "./exit-codes";

const NAMED = 5;

interface CiSectionProps {
  /** The prompt somebody comes from; else the newest ones are named. */
  prompt: string | undefined;
  view: string | undefined;
  onView: (view: string) => void;
}

/** Everything a repository needs to hold its prompts against their base, with the names as they are here. */
export function CiSection({ prompt, view, onView }: CiSectionProps) {
  const prompts = useQuery({ ...promptNamesOptions(NAMED), enabled: prompt === undefined });
  const host = hostOf(view);
  return (
    <>
      <div className="bar">
        <p>A pull request that changes a prompt gets an exit code, a report and a comment: did answers get worse?</p>
        <span className="push">
          <Segmented label="CI server" options={HOSTS} value={host} onChange={onView} />
        </span>
      </div>
      <CiKey />
      {prompt ? (
        <Config names={[prompt]} />
      ) : (
        <QueryStates query={prompts} failed="The prompts could not be loaded." rows={2}>
          {({ items }) => <Config names={items.map(({ name }) => name)} />}
        </QueryStates>
      )}
      {stepsFor(host, window.location.origin).map((step) => (
        <File key={step.title} {...step} />
      ))}
      <ExitCodes />
    </>
  );
}

function Config({ names }: { names: readonly string[] }) {
  return (
    <File
      title="llmops.yaml"
      about={
        <>
          {names.length === 0 && "There is no prompt yet; the one named here is an example. "}
          The golden examples are those kept here; files of the repository&apos;s own go under <code>golden</code>. <code>llmops init</code> writes a whole example with the workflow.
        </>
      }
      code={configFile(names)}
    />
  );
}

interface FileProps {
  title: string;
  about: ReactNode;
  code: string;
}

function File({ title, about, code }: FileProps) {
  return (
    <Panel title={title} tools={<CopyButton text={code} label={`Copy ${title}`} />} foot={<span>{about}</span>} flush>
      <pre className="snippet mono" tabIndex={0} role="group" aria-label={title}>
        {code}
      </pre>
    </Panel>
  );
}
