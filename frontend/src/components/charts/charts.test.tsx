import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { describe, expect, it, vi } from "vitest";
import {
  errorBarsTable,
  foldRest,
  histogramTable,
  stackedTable,
  versionTable,
} from "@/components/charts/bar-text";
import { ChartFrame } from "@/components/charts/chart-frame";
import type { ChartTable, ForestPlotProps, HistogramProps, StackedAreaProps, TimeSeriesProps, VersionChartProps } from "@/components/charts/chart-types";
import { ConfusionMatrix } from "@/components/charts/confusion-matrix";
import { DotStrip, dotStripTable } from "@/components/charts/dot-strip";
import { Dumbbell } from "@/components/charts/dumbbell";
import { ErrorBars } from "@/components/charts/error-bars";
import { ForestPlot } from "@/components/charts/forest-plot";
import { forestTable } from "@/components/charts/forest-text";
import { Histogram, HistogramWarning } from "@/components/charts/histogram";
import { IntervalMark } from "@/components/charts/interval-mark";
import { PartialValue } from "@/components/charts/partial-value";
import { timeSeriesTable } from "@/components/charts/series-text";
import { Sparkline } from "@/components/charts/sparkline";
import { StackedArea } from "@/components/charts/stacked-area";
import { TimeSeries } from "@/components/charts/time-series";
import { VersionChart } from "@/components/charts/version-chart";
import { decimal, difference, percent } from "@/lib/format";

async function tableOf(table: ChartTable, chart: ReactNode): Promise<HTMLElement> {
  render(
    <ChartFrame title={table.caption} table={table} foot="n=96">
      {chart}
    </ChartFrame>,
  );
  await userEvent.click(screen.getByRole("button", { name: "View as table" }));
  expect(screen.getByRole("button", { name: "View as chart" })).toBeVisible();
  return screen.getByRole("table", { name: table.caption });
}

const rowOf = (table: HTMLElement, name: string) =>
  within(table)
    .getByRole("rowheader", { name })
    .closest("tr");

const forest: ForestPlotProps = {
  title: "Paired difference",
  format: difference,
  margin: 0.05,
  captions: ["worse", "better"],
  rows: [
    { id: "all", label: "All", value: -0.07, interval: [-0.12, -0.01], n: 96, tone: "regression", strong: true },
    { id: "few", label: "few", value: null, n: 9, points: [0, 0, 0.5], tone: "neutral" },
  ],
};

/** The words on both sides of the line, and whether the band of the accepted loss begins there. */
const sidesOf = (lowerIsBetter: boolean) => {
  const { container, unmount } = render(<ForestPlot {...forest} lowerIsBetter={lowerIsBetter} />);
  const [left, right] = [...container.querySelectorAll(".forest__sides text")].map((text) => text.textContent);
  const line = container.querySelector("line[stroke-width='1.25']")?.getAttribute("x1");
  const band = container.querySelector(".margin")?.getAttribute("x");
  unmount();
  return { left, right, beginsAtLine: band === line };
};

const series: TimeSeriesProps = {
  title: "Failed share",
  buckets: ["1 Nov", "2 Nov", "3 Nov", "4 Nov"],
  format: (value) => percent(value),
  moves: [{ at: 3, label: "v7 → production" }],
  series: [
    {
      id: "a",
      name: "api",
      tone: "c1",
      points: [
        { value: 0.02, href: "/runs?day=1" },
        null,
        { value: 0.03, href: "/runs?day=3" },
        { value: 0.04, interval: [0.03, 0.05], n: 310, href: "/runs?day=4" },
      ],
    },
  ],
};

const histogram: HistogramProps = {
  title: "Scores",
  names: ["v7", "v8"],
  bins: [
    { label: "0", counts: [1, 2] },
    { label: "1", counts: [9, 8] },
  ],
};

const area: StackedAreaProps = {
  title: "Cost",
  buckets: ["1 Nov", "2 Nov", "3 Nov"],
  format: (value) => `$${value}`,
  series: [
    { id: "a", name: "answers", tone: "c1", values: [1, 3, null] },
    { id: "b", name: "judges", tone: "c2", values: [1, 2, null] },
  ],
  forecast: { value: 8, interval: [7, 9] },
  budget: { value: 6, label: "budget $6", crossesAt: 2 },
};

const versions: VersionChartProps = {
  title: "Correctness",
  format: decimal,
  versions: [
    { name: "v1", value: 0.8, interval: [0.7, 0.9], n: 96, tone: "base", label: "production", href: "/p?v=1" },
    { name: "v2", value: null, n: 2, tone: "cand", href: "/p?v=2" },
  ],
};

const bars = {
  title: "Failures",
  buckets: ["1 Nov", "2 Nov"],
  classes: [{ id: "t", name: "timeout", tone: "c1" as const, values: [4, null] }],
};

describe("charts", () => {
  it("ForestPlot puts worse on the right where lower is better, the accepted loss with it", () => {
    expect(sidesOf(false)).toEqual({ left: "← worse", right: "better →", beginsAtLine: false });
    expect(sidesOf(true)).toEqual({ left: "← better", right: "worse →", beginsAtLine: true });
  });

  it("ForestPlot says each estimate with interval and n, and says when there are too few", async () => {
    render(<ForestPlot {...forest} />);
    const name = screen.getByRole("img").getAttribute("aria-label");
    expect(name).toContain("All: −0.07, −0.12 to −0.01, n=96");
    expect(name).toContain("few: not enough data, n=9");
    expect(name).toContain("Accepted loss: 0.05");
    const table = await tableOf(forestTable(forest), null);
    expect(rowOf(table, "All")).toHaveTextContent("[−0.12 … −0.01]");
    expect(rowOf(table, "few")).toHaveTextContent("not enough data");
  });

  it("IntervalMark names figure, interval, n and limit", () => {
    render(<IntervalMark name="κ" value={0.71} interval={[0.58, 0.84]} n={120} format={decimal} limit={0.4} />);
    expect(screen.getByRole("img", { name: "κ 0.71, 0.58 to 0.84, n=120; limit 0.40" })).toBeVisible();
  });

  it("Dumbbell names both scores and a missing one", () => {
    render(<Dumbbell baseline={null} candidate={0.25} names={["v7", "v9"]} format={decimal} tone="regression" />);
    expect(screen.getByRole("img", { name: "v7 no score, v9 0.25" })).toBeVisible();
  });

  it("Sparkline is silent beside written figures and draws nothing without any", () => {
    const { container } = render(<Sparkline values={[1, null, 2]} />);
    expect(screen.queryByRole("img")).toBeNull();
    expect(container.querySelector("path.line")?.getAttribute("d")?.match(/M/g)).toHaveLength(2);
    expect(render(<Sparkline values={[null]} />).container).toBeEmptyDOMElement();
  });

  it("Histogram says all counts and warns when most values are the same", async () => {
    render(<Histogram {...histogram} />);
    expect(screen.getByRole("img", { name: "Scores. v7: 0 1, 1 9; v8: 0 2, 1 8." })).toBeVisible();
    render(<HistogramWarning bins={histogram.bins} />);
    expect(screen.getByText(/^85\s% of values are 1$/)).toBeVisible();
    expect(rowOf(await tableOf(histogramTable(histogram), null), "1")).toHaveTextContent("198");
  });

  it("TimeSeries links its points by name, is one tab stop and walks with the arrow keys", async () => {
    const onFollow = vi.fn<(event: { preventDefault: () => void }, href: string) => void>((event) =>
      event.preventDefault(),
    );
    render(<TimeSeries {...series} onFollow={onFollow} />);
    const last = screen.getByRole("link", { name: /^api, 4 Nov: 4\.0\s%, 3\.0\s% to 5\.0\s%, n=310$/ });
    await userEvent.tab();
    expect(last).toHaveFocus();
    await userEvent.keyboard("{ArrowLeft}");
    const before = screen.getByRole("link", { name: /3 Nov/ });
    expect(before).toHaveFocus();
    await userEvent.click(before);
    expect(onFollow).toHaveBeenCalledWith(expect.anything(), "/runs?day=3");
  });

  it("TimeSeries shows a gap as no runs in drawing, label and table", async () => {
    render(<TimeSeries {...series} />);
    const chart = screen.getByRole("group", { name: /no runs on 2 Nov; v7 → production on 4 Nov/ });
    expect(chart.querySelector("path.line")?.getAttribute("d")?.match(/M/g)).toHaveLength(2);
    const table = await tableOf(timeSeriesTable(series), null);
    expect(rowOf(table, "2 Nov")).toHaveTextContent("no runs");
    expect(within(table).getByRole("link", { name: "4 Nov" })).toHaveAttribute("href", "/runs?day=4");
  });

  it("StackedArea says total, parts, forecast and budget", async () => {
    render(<StackedArea {...area} />);
    const name = screen.getByRole("img").getAttribute("aria-label");
    expect(name).toContain("$5 on 2 Nov; answers $3; judges $2; forecast $8, $7 to $9, by 3 Nov; budget $6");
    expect(rowOf(await tableOf(stackedTable(area), null), "3 Nov, forecast")).toHaveTextContent("$8 [7 … 9]");
  });

  it("ErrorBars tells a day without runs from a day without errors", async () => {
    render(<ErrorBars {...bars} hrefOf={(index) => `/errors?day=${index}`} />);
    expect(screen.getByRole("group", { name: /timeout 4; highest on 1 Nov: 4, timeout 4; no runs from 2 Nov/ })).toBeVisible();
    expect(screen.getByRole("link", { name: "1 Nov: 4, timeout 4" })).toHaveAttribute("href", "/errors?day=0");
    expect(rowOf(await tableOf(errorBarsTable(bars), null), "2 Nov")).toHaveTextContent("no runs");
  });

  it("VersionChart links every version and says which one holds the label", async () => {
    render(<VersionChart {...versions} />);
    expect(screen.getByRole("group", { name: /v1 0\.80, 0\.70 to 0\.90, n=96, production; v2 not enough data/ })).toBeVisible();
    expect(screen.getByRole("link", { name: "v2: not enough data, n=2" })).toHaveAttribute("href", "/p?v=2");
    expect(rowOf(await tableOf(versionTable(versions), null), "v1")).toHaveTextContent("0.80 [0.70 … 0.90], n=96");
  });

  it("DotStrip shows single values without a mean, and only words below three", async () => {
    const few = { title: "Differences", values: [0, 0.5, -0.5], format: difference };
    render(<DotStrip {...few} />);
    expect(screen.getByRole("img", { name: "Differences: not enough data, n=3. 0.00, +0.50, −0.50." })).toBeVisible();
    const { container } = render(<DotStrip {...few} values={[0.5]} />);
    expect(container).toHaveTextContent("Differences: not enough data, n=1 (+0.50).");
    expect(rowOf(await tableOf(dotStripTable(few), null), "2")).toHaveTextContent("+0.50");
  });

  it("PartialValue says how many are scored and what the missing could change", () => {
    const { container } = render(
      <PartialValue value={0.81} interval={[0.72, 0.87]} scored={80} total={100} bounds={[0.65, 0.85]} format={decimal} />,
    );
    expect(container).toHaveTextContent("0.81 [0.72 … 0.87], 80 of 100 scored");
    expect(container).toHaveTextContent("If all 20 missing were wrong: 0.65. If all were right: 0.85.");
  });

  it("ConfusionMatrix is a table with heads on both sides", () => {
    render(
      <ConfusionMatrix
        caption="Judge against people"
        columns={["people wrong", "people right"]}
        rows={[
          { label: "judge wrong", counts: [18, 5] },
          { label: "judge right", counts: [6, 91] },
        ]}
      />,
    );
    const row = screen.getByRole("row", { name: /judge wrong/ });
    expect(within(row).getAllByRole("cell").map((cell) => cell.textContent)).toEqual(["18", "5"]);
  });

  it("foldRest sums what is beyond six series and keeps a day without runs missing", () => {
    const many = Array.from({ length: 8 }, (_, index) => ({ name: `p${index}`, values: [1, null] }));
    const folded = foldRest(many);
    expect(folded).toHaveLength(6);
    expect(folded.at(-1)).toMatchObject({ name: "other (3)", values: [3, null] });
  });
});
