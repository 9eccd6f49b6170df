import type { ReactNode } from "react";

export interface EndName {
  id: string;
  y: number;
  text: string;
  strong?: boolean;
}

interface PlotProps {
  label: string;
  height: number;
  /** Gutters in pixels: figures of the axis at the left, names at the right. */
  left: number;
  right?: number;
  minWidth?: number;
  /** Marks are links: the plot is a group of them, not one picture. */
  links?: boolean;
  names?: readonly EndName[];
  children: ReactNode;
}

/** Room for a drawing in percent of its width. Where it is too narrow it scrolls and the names stay. */
export function Plot(props: PlotProps) {
  const { label, height, left, right = 0, minWidth = 280, links = false, names = [], children } = props;
  const drawing = (
    <div className="plot" style={{ minWidth, paddingLeft: left }}>
      <svg
        className="chart plot__area"
        width="100%"
        height={height}
        role={links ? "group" : "img"}
        aria-label={label}
      >
        {children}
      </svg>
      <div className="plot__names" style={{ width: right, height }} aria-hidden="true">
        {names.map(({ id, y, text, strong }) => (
          <span key={id} className={strong ? "strong" : undefined} style={{ top: y }}>
            {text}
          </span>
        ))}
      </div>
    </div>
  );
  if (links) return <div className="table-wrap">{drawing}</div>;
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to be reachable by keyboard
    <div className="table-wrap" tabIndex={0} role="group" aria-label="Chart, scrolls sideways">
      {drawing}
    </div>
  );
}
