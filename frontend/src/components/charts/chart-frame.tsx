import { type ReactNode, useId, useState } from "react";
import { ChartDataTable } from "@/components/charts/chart-data-table";
import type { ChartTable, OnFollow } from "@/components/charts/chart-types";

interface ChartFrameProps {
  title: string;
  /** Beside the title: what is counted, or whose figures these are. */
  note?: ReactNode;
  legend?: ReactNode;
  /** n, source and limits of the figures. */
  foot?: ReactNode;
  table: ChartTable;
  /** "plain" stands inside another panel, with a third-level title. */
  variant?: "panel" | "plain";
  toggle?: "head" | "foot";
  onFollow?: OnFollow;
  children: ReactNode;
}

/** A figure with its title, its n and the same figures as a table. */
export function ChartFrame(props: ChartFrameProps) {
  const { title, note, legend, foot, table, variant = "panel", onFollow, children } = props;
  const place = props.toggle ?? (foot ? "foot" : "head");
  const [asTable, setAsTable] = useState(false);
  const id = useId();
  const toggle = (
    <button type="button" className="chart-toggle push" onClick={() => setAsTable(!asTable)}>
      {asTable ? "View as chart" : "View as table"}
    </button>
  );
  const body = asTable ? <ChartDataTable table={table} onFollow={onFollow} /> : children;
  if (variant === "plain") {
    return (
      <figure className="stack" aria-labelledby={id}>
        <figcaption className="row wrap">
          <h3 id={id}>{title}</h3>
          {note && <span className="n">{note}</span>}
          {legend}
          {place === "head" && toggle}
        </figcaption>
        {body}
        {(foot || place === "foot") && (
          <div className="row wrap small t2">
            {foot}
            {place === "foot" && toggle}
          </div>
        )}
      </figure>
    );
  }
  return (
    <figure className="panel" aria-labelledby={id}>
      <figcaption className="panel__head">
        <h2 id={id}>{title}</h2>
        {note && <span className="n">{note}</span>}
        {legend}
        {place === "head" && toggle}
      </figcaption>
      {asTable ? body : <div className="panel__body">{body}</div>}
      {(foot || place === "foot") && (
        <div className="panel__foot">
          {foot}
          {place === "foot" && toggle}
        </div>
      )}
    </figure>
  );
}
