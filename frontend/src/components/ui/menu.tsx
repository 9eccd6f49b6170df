import { clsx } from "clsx";
import { Square, SquareCheck } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ReactElement, ReactNode } from "react";

interface MenuProps {
  /** A button; it opens the menu. */
  trigger: ReactElement;
  /** Open as soon as it is there. */
  defaultOpen?: boolean;
  children: ReactNode;
}

export function Menu({ trigger, defaultOpen = false, children }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false} defaultOpen={defaultOpen}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className="menu"
          align="end"
          sideOffset={4}
          collisionPadding={8}
          onKeyDown={(event) => event.stopPropagation()} // letters find an item here, and nothing on the page behind
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

interface MenuItemProps {
  onSelect: () => void;
  disabled?: boolean;
  danger?: boolean;
  /** The menu stays open. */
  stays?: boolean;
  /** Of an item that is only an icon. */
  label?: string;
  children: ReactNode;
}

export function MenuItem({ onSelect, disabled = false, danger = false, stays = false, label, children }: MenuItemProps) {
  return (
    <DropdownMenu.Item
      className={clsx("menu__item", danger && "menu__item--danger", label === undefined && "grow")}
      disabled={disabled}
      aria-label={label}
      title={label}
      onSelect={(event) => {
        if (stays) event.preventDefault();
        onSelect();
      }}
    >
      {children}
    </DropdownMenu.Item>
  );
}

interface MenuCheckProps {
  checked: boolean;
  onChange: () => void;
  children: ReactNode;
}

/** On or off; the menu stays open. */
export function MenuCheck({ checked, onChange, children }: MenuCheckProps) {
  const Box = checked ? SquareCheck : Square;
  return (
    <DropdownMenu.CheckboxItem
      className="menu__item grow"
      checked={checked}
      onSelect={(event) => {
        event.preventDefault();
        onChange();
      }}
    >
      <Box className="icon" aria-hidden="true" />
      {children}
    </DropdownMenu.CheckboxItem>
  );
}

/** Items side by side that belong to one thing. */
export function MenuRow({ label, children }: { label: string; children: ReactNode }) {
  return (
    <DropdownMenu.Group className="row" aria-label={label}>
      {children}
    </DropdownMenu.Group>
  );
}

export const MenuLine = () => <DropdownMenu.Separator className="menu__line" />;
