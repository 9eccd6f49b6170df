import { fireEvent, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { renderAlone } from "@/test/render";
import { Dialog } from "./dialog";

function open(keepsText = false) {
  const onClose = vi.fn<() => void>();
  const view = renderAlone(
    <Dialog title="Sheet" onClose={onClose} keepsText={keepsText}>
      <textarea aria-label="Why" />
    </Dialog>,
  );
  const dialog = screen.getByRole("dialog");
  return { ...view, onClose, dialog, field: screen.getByRole("textbox", { name: "Why" }), escape: () => fireEvent(dialog, new Event("cancel", { cancelable: true })) };
}

test("a press on the backdrop closes, and a selection that is only let go there does not", () => {
  const { dialog, field, onClose } = open();
  fireEvent.pointerDown(field);
  fireEvent.click(dialog);
  expect(onClose).not.toHaveBeenCalled();

  fireEvent.pointerDown(dialog);
  fireEvent.click(dialog);
  expect(onClose).toHaveBeenCalledOnce();
});

test("text that nothing keeps is given up only when Escape is pressed twice or Discard is chosen", async () => {
  const { user, field, onClose, escape, dialog } = open();
  await user.type(field, "cheaper");
  escape();
  expect(screen.getByRole("alert")).toHaveTextContent("What you typed here is not saved.");
  fireEvent.pointerDown(dialog);
  fireEvent.click(dialog);
  expect(onClose).not.toHaveBeenCalled();

  await user.type(field, " and as good");
  expect(screen.queryByRole("alert")).toBeNull();
  escape();
  await user.click(screen.getByRole("button", { name: "Discard" }));
  expect(onClose).toHaveBeenCalledOnce();
});

test("a second Escape discards", async () => {
  const { user, field, onClose, escape } = open();
  await user.type(field, "cheaper");
  escape();
  escape();

  expect(onClose).toHaveBeenCalledOnce();
});

test("where a draft keeps the text, and where nothing was typed, Escape closes at once", async () => {
  const kept = open(true);
  await kept.user.type(kept.field, "cheaper");
  kept.escape();
  expect(kept.onClose).toHaveBeenCalledOnce();
  kept.unmount();

  const empty = open();
  empty.escape();
  expect(empty.onClose).toHaveBeenCalledOnce();
});

test("a file picker that is left without a file closes nothing", () => {
  const { field, onClose } = open();
  fireEvent(field, new Event("cancel", { bubbles: true, cancelable: true }));

  expect(onClose).not.toHaveBeenCalled();
});
