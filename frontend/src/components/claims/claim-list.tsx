import type { PlacedClaim } from "./claim-spans";
import { CLAIM_CLASS, CLAIM_WORD } from "./claim-text";

const SIGN: Record<PlacedClaim["verdict"], string> = { contradicted: "✕", not_found: "?", supported: "✓", open: "" };

interface ClaimListProps {
  claims: readonly PlacedClaim[];
  /** Supported claims are told, too. */
  all?: boolean;
  /** Where the quote stands in the sources; see `placeIn`. */
  placeOf?: (claim: PlacedClaim) => string | null;
  label?: string;
}

/** What was found about each claim: its number, the verdict, the words of the source and where they stand. */
export function ClaimList({ claims, all = false, placeOf, label = "Claims" }: ClaimListProps) {
  const told = claims.filter((claim) => all || claim.number !== null);
  const isNumbered = told.some((claim) => claim.number !== null);
  return (
    <ol className={isNumbered ? "claims" : "claims claims--bare"} aria-label={label}>
      {told.map((claim, index) => (
        <li key={index}>
          {isNumbered && <b className={`v-${CLAIM_CLASS[claim.verdict]}`}>{claim.number ?? ""}</b>}
          <b className={`v-${CLAIM_CLASS[claim.verdict]}`}>
            <span aria-hidden="true">{SIGN[claim.verdict]}</span> {CLAIM_WORD[claim.verdict]}
          </b>
          <Finding claim={claim} place={placeOf?.(claim) ?? null} />
        </li>
      ))}
    </ol>
  );
}

function Finding({ claim, place }: { claim: PlacedClaim; place: string | null }) {
  const bare = claim.start === null || (!claim.reason && !claim.evidence);
  return (
    <span>
      {bare && <bdi className="strong">{claim.text} </bdi>}
      {claim.reason && <bdi>{claim.reason} </bdi>}
      {claim.evidence && <q dir="auto">{claim.evidence}</q>}
      {claim.evidence && place && <span className="n"> {place}</span>}
    </span>
  );
}

/** What the marks mean. */
export function ClaimLegend({ differences = true }: { differences?: boolean }) {
  return (
    <div className="legend" role="group" aria-label="Legend">
      {differences && (
        <>
          <span>
            <ins>added</ins>
          </span>
          <span>
            <del>removed</del>
          </span>
        </>
      )}
      <span className="claim claim--contradicted">contradicted</span>
      <span className="claim claim--missing">not found</span>
      <span className="claim claim--supported">supported</span>
    </div>
  );
}
