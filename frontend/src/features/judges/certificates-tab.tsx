import { Canaries } from "./canaries";
import { CertificatesList } from "./certificates-list";
import { JudgeReportPanel } from "./judge-report";

interface CertificatesTabProps {
  /** The certificate that is open; the newest, if none. */
  chosen: string | undefined;
  /** The experiment whose labels are held against its judge, and which judge. */
  experiment: string | undefined;
  evaluator: string | undefined;
  mayRun: boolean;
  onChoose: (experiment: string) => void;
}

/** Which judges people's labels vouch for, and how that is watched. */
export function CertificatesTab({ chosen, experiment, evaluator, mayRun, onChoose }: CertificatesTabProps) {
  return (
    <>
      <CertificatesList chosen={chosen} mayAsk={mayRun} />
      <JudgeReportPanel key={experiment} experimentId={experiment} evaluator={evaluator} onChoose={onChoose} />
      <Canaries mayChange={mayRun} />
    </>
  );
}
