import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { PromptEditor } from "./prompt-editor";

function Page({ onSave, start = "Hi {{ name }}" }: { onSave?: (text: string) => void; start?: string }) {
  const [text, setText] = useState(start);
  return (
    <>
      <PromptEditor value={text} onChange={setText} ariaLabel="Prompt template" variables={["name"]} onSave={onSave && (() => onSave(text))} />
      <button type="button" onClick={() => setText(start)}>
        Discard
      </button>
    </>
  );
}

const live = () => waitFor(() => expect(document.querySelector(".cm-content")).not.toBeNull(), { timeout: 5_000 });

test("what is typed before the editor has loaded is kept, saved by its key, and can be taken back", async () => {
  const save = vi.fn<(text: string) => void>();
  render(<Page onSave={save} />);
  const field = screen.getByRole("textbox", { name: "Prompt template" });
  fireEvent.change(field, { target: { value: "Hi {{ name }} and more" } });
  fireEvent.keyDown(field, { key: "s", ctrlKey: true });
  expect(save).toHaveBeenCalledWith("Hi {{ name }} and more");
  fireEvent.blur(field); // taking over the focus is more than this DOM can do
  await live();
  expect(document.querySelector(".cm-content")).toHaveTextContent("Hi {{ name }} and more");
  expect(screen.getByRole("textbox", { name: "Prompt template" })).toHaveClass("cm-content");
  await userEvent.click(screen.getByRole("button", { name: "Discard" }));
  await waitFor(() => expect(document.querySelector(".cm-content")?.textContent).toBe("Hi {{ name }}"));
});

test("an undefined variable is marked in the text and named below with its line", async () => {
  render(<Page start={"{{ name }}\nin {{ lang }}"} />);
  await live();
  expect(document.querySelector(".var--bad")).toHaveTextContent("{{ lang }}");
  expect(screen.getByText(/is not defined/)).toHaveTextContent("Line 2: lang is not defined.");
  expect(document.querySelector(".cm-content")).toHaveAttribute("aria-describedby");
});
