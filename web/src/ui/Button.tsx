// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './Icon.tsx';

/** What else a button may carry. */
interface Native {
    id?: string | undefined;
    title?: string | undefined;
    name?: string | undefined;
    value?: string | undefined;
    /** The id of the form that it sends, where it stands outside. */
    form?: string | undefined;
    autofocus?: boolean | undefined;
    tabIndex?: number | undefined;
    popovertarget?: string | undefined;
    onClick?: ((event: MouseEvent) => void) | undefined;
    'aria-label'?: string | undefined;
    'aria-describedby'?: string | undefined;
    'aria-controls'?: string | undefined;
    'aria-expanded'?: boolean | undefined;
    'aria-pressed'?: boolean | undefined;
    'aria-haspopup'?: 'menu' | 'dialog' | undefined;
}

export interface ButtonProps extends Native {
    /** What it says. */
    children?: ComponentChildren;
    /** `plain` when absent; one `primary` for each form or page; `danger` for what cannot be undone; `link` inside text. */
    kind?: 'primary' | 'plain' | 'danger' | 'link';
    icon?: IconName;
    /** Work is under way: shown, said to readers, and it takes no second click. */
    busy?: boolean;
    disabled?: boolean;
    /** `button` when absent, so that nothing submits a form by chance. */
    type?: 'button' | 'submit';
    /** Lower, for rows of tables. */
    small?: boolean;
    /** A link that looks like a button. */
    href?: string | undefined;
    download?: string | boolean;
    class?: string;
}

function classes(p: ButtonProps): string {
    return ['button', p.kind ?? 'plain', p.small && 'small', p.busy && 'busy', p.class].filter(Boolean).join(' ');
}

/** The button. `<Button kind="primary" icon="add" onClick={…}>{t.devices.enroll}</Button>`; with `href` it is a link. */
export function Button(props: ButtonProps) {
    const {
        children,
        kind: _kind,
        icon,
        busy = false,
        disabled,
        type = 'button',
        small,
        href,
        download,
        class: _class,
        onClick,
        ...rest
    } = props;
    const inner = (
        <>
            {icon && <Icon name={icon} size={small ? 16 : 18} />}
            {children !== undefined && <span>{children}</span>}
        </>
    );
    if (href !== undefined && !disabled)
        return (
            <a
                class={classes(props)}
                href={href}
                download={download}
                id={rest.id}
                title={rest.title}
                aria-label={rest['aria-label']}
                onClick={onClick}
            >
                {inner}
            </a>
        );
    return (
        <button
            {...rest}
            type={type}
            class={classes(props)}
            disabled={disabled ?? false}
            aria-busy={busy}
            aria-disabled={busy || undefined}
            onClick={(event) => {
                if (busy) event.preventDefault();
                else onClick?.(event);
            }}
        >
            {inner}
        </button>
    );
}

/** A button that is only a drawing: `label` is its name and its tooltip. */
export function IconButton(props: Omit<ButtonProps, 'children' | 'icon'> & { icon: IconName; label: string }) {
    const { label, class: extra, ...rest } = props;
    return <Button {...rest} class={extra ? `icon-only ${extra}` : 'icon-only'} aria-label={label} title={label} />;
}
