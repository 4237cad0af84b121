// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { Button } from './Button.tsx';
import { Icon, type IconName } from './Icon.tsx';
import { useId } from './id.ts';

export interface MenuItem {
    key: string;
    label: ComponentChildren;
    icon?: IconName;
    danger?: boolean;
    disabled?: boolean;
    href?: string;
    download?: string;
    onSelect?: () => void;
}

/** Where a popover goes: below its button, at its end, inside the window. CSS anchors are not in every browser yet. */
export function place(popover: HTMLElement, button: HTMLElement): void {
    const at = button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = popover;
    const below = at.bottom + 4 + height <= innerHeight || at.top < height;
    popover.style.insetBlockStart = `${below ? at.bottom + 4 : at.top - height - 4}px`;
    popover.style.insetInlineStart = `${Math.max(8, Math.min(at.right - width, innerWidth - width - 8))}px`;
}

/** A button that opens a list of acts. Items that are false are left out: `may('device:revoke') && { key: 'revoke', … }` */
export function Menu({
    label,
    items,
    icon = 'more',
    children,
    kind = 'plain',
    small,
}: {
    label: string;
    items: readonly (MenuItem | false | null | undefined)[];
    icon?: IconName;
    children?: ComponentChildren;
    kind?: 'plain' | 'link' | 'primary';
    small?: boolean;
}) {
    const id = useId();
    const button = useRef<HTMLSpanElement>(null);
    const list = useRef<HTMLDivElement>(null);
    const shown = items.filter((one): one is MenuItem => Boolean(one));
    if (shown.length === 0) return null;
    const opened = (event: ToggleEvent): void => {
        if (event.newState !== 'open' || !list.current || !button.current) return;
        place(list.current, button.current);
        list.current.querySelector<HTMLElement>('[role=menuitem]')?.focus();
    };
    const move = (event: KeyboardEvent): void => {
        const all = [...(list.current?.querySelectorAll<HTMLElement>('[role=menuitem]:not(:disabled)') ?? [])];
        const at = all.indexOf(document.activeElement as HTMLElement);
        const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        all[to % all.length]?.focus();
    };
    const choose = (item: MenuItem): void => {
        list.current?.hidePopover();
        item.onSelect?.();
    };
    return (
        <span class="menu" ref={button}>
            <Button
                kind={kind}
                small={small ?? false}
                icon={icon}
                popovertarget={id}
                aria-haspopup="menu"
                class={children === undefined ? 'icon-only' : ''}
                aria-label={children === undefined ? label : undefined}
                title={children === undefined ? label : undefined}
            >
                {children}
            </Button>
            <div
                class="popover menu-list"
                id={id}
                popover="auto"
                role="menu"
                aria-label={label}
                ref={list}
                onToggle={opened}
                onKeyDown={move}
            >
                {shown.map((item) => {
                    const inner = (
                        <>
                            {item.icon && <Icon name={item.icon} size={18} />}
                            {item.label}
                        </>
                    );
                    const look = item.danger ? 'menu-item danger' : 'menu-item';
                    return item.href !== undefined ? (
                        <a
                            key={item.key}
                            role="menuitem"
                            class={look}
                            href={item.href}
                            download={item.download}
                            onClick={() => choose(item)}
                        >
                            {inner}
                        </a>
                    ) : (
                        <button
                            key={item.key}
                            type="button"
                            role="menuitem"
                            class={look}
                            disabled={item.disabled}
                            onClick={() => choose(item)}
                        >
                            {inner}
                        </button>
                    );
                })}
            </div>
        </span>
    );
}
