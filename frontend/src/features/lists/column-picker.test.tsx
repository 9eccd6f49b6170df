import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { renderAlone, signedIn } from "@/test/render";
import { ColumnPicker } from "./column-picker";
import type { Column } from "./columns";
import { BodyCells, HeadCells } from "./table-cells";
import { useColumns } from "./use-columns";

const KEPT = "llmops.columns.fruits.0190a000-0000-7000-8000-000000000001";
const COLUMNS: readonly Column<{ color: string; weight: number }>[] = [
  { key: "color", name: "Colour", cell: ({ color }) => color },
  { key: "weight", name: "Weight", isNumber: true, cell: ({ weight }) => weight },
  { key: "both", name: "Both", cell: ({ color, weight }) => `${color} ${weight}` },
];

function Fruits() {
  const { shown } = useColumns("fruits", COLUMNS);
  return (
    <>
      <ColumnPicker list="fruits" columns={COLUMNS} />
      <table>
        <thead>
          <tr>
            <th>Name</th>
            <HeadCells columns={shown} />
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">Plum</th>
            <BodyCells columns={shown} row={{ color: "blue", weight: 30 }} />
          </tr>
        </tbody>
      </table>
    </>
  );
}

const heads = () => screen.getAllByRole("columnheader").map((head) => head.textContent);
const cells = () => screen.getAllByRole("cell").map((cell) => cell.textContent);
const opened = async () => {
  await userEvent.click(screen.getByRole("button", { name: "Columns" }));
  return within(await screen.findByRole("menu", { name: "Columns" }));
};

beforeEach(() => signedIn());

test("a hidden column is not rendered, head and cells alike, and comes back", async () => {
  renderAlone(<Fruits />);
  const menu = await opened();
  expect(menu.queryByRole("menuitemcheckbox", { name: "Name" })).toBeNull();
  await userEvent.click(menu.getByRole("menuitemcheckbox", { name: "Weight" }));
  expect(heads()).toEqual(["Name", "Colour", "Both"]);
  expect(cells()).toEqual(["blue", "blue 30"]);

  await userEvent.click(menu.getByRole("menuitemcheckbox", { name: "Weight" }));
  expect(cells()).toEqual(["blue", "30", "blue 30"]);
});

test("keys move a column, the choice outlives the page, and one press makes the list as it was", async () => {
  const view = renderAlone(<Fruits />);
  await waitFor(() => expect(view.client.getQueryData(["me"])).toBeDefined());
  screen.getByRole("button", { name: "Columns" }).focus();
  await userEvent.keyboard("{Enter}");
  await screen.findByRole("menu");
  await userEvent.keyboard("{ArrowDown}".repeat(5));
  expect(screen.getByRole("menuitem", { name: "Move Weight to the back" })).toHaveFocus();
  await userEvent.keyboard("{Enter}");
  expect(heads()).toEqual(["Name", "Colour", "Both", "Weight"]);

  view.unmount();
  renderAlone(<Fruits />);
  await waitFor(() => expect(heads()).toEqual(["Name", "Colour", "Both", "Weight"]));
  await userEvent.click((await opened()).getByRole("menuitem", { name: "Reset" }));
  expect(heads()).toEqual(["Name", "Colour", "Weight", "Both"]);
});

test.each(["{", '"text"', '{"order":7,"hidden":{"color":true}}', '{"order":["gone"],"hidden":["gone"]}'])("%s in the storage shows every column", async (text) => {
  localStorage.setItem(KEPT, text);
  const { client } = renderAlone(<Fruits />);
  await waitFor(() => expect(client.getQueryData(["me"])).toBeDefined());

  expect(heads()).toEqual(["Name", "Colour", "Weight", "Both"]);
});

test("letters in the open menu do not reach the page behind", async () => {
  let heard = 0;
  const listen = () => (heard += 1);
  document.addEventListener("keydown", listen);
  renderAlone(<Fruits />);
  await opened();
  await userEvent.keyboard("j");
  document.removeEventListener("keydown", listen);

  expect(heard).toBe(0);
  expect(screen.getByRole("menu")).toBeVisible();
});
