import { screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { renderAlone } from "@/test/render";
import { CopyButton } from "./copy-button";

afterEach(() => {
  vi.unstubAllGlobals();
  Reflect.deleteProperty(document, "execCommand");
});

/** As over plain http: there is no clipboard, only the browser's older command. */
function overHttp(copy: () => boolean) {
  const view = renderAlone(<CopyButton text="key-1" label="Copy key" />);
  vi.stubGlobal("navigator", { ...navigator, clipboard: undefined });
  Object.defineProperty(document, "execCommand", { configurable: true, value: copy });
  return view;
}

test("without a clipboard the text is selected and copied, and the page is as before", async () => {
  const copied: string[] = [];
  const { user } = overHttp(() => {
    const field = document.querySelector("textarea");
    copied.push(field?.value.slice(field.selectionStart, field.selectionEnd) ?? "");
    return true;
  });
  await user.click(screen.getByRole("button", { name: "Copy key" }));

  expect(await screen.findByRole("button", { name: "Copied" })).toHaveFocus();
  expect(copied).toEqual(["key-1"]);
  expect(document.querySelector("textarea")).toBeNull();
});

test("what the browser refuses to copy is said, with the way that is left", async () => {
  const { user } = overHttp(() => false);
  await user.click(screen.getByRole("button", { name: "Copy key" }));

  expect(await screen.findByText("Select it and copy")).toBeVisible();
});
