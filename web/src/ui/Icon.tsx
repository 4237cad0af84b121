// SPDX-License-Identifier: Apache-2.0
import { ICONS, type IconName } from './icons.ts';

export type { IconName } from './icons.ts';

/** A drawing beside a word, hidden from readers; `label` when it stands alone. `size` in CSS pixels, 20 when absent. */
export function Icon({
    name,
    size = 20,
    label,
    class: extra,
}: {
    name: IconName;
    size?: number;
    label?: string;
    class?: string;
}) {
    return (
        <svg
            class={extra ? `icon ${extra}` : 'icon'}
            width={size}
            height={size}
            viewBox="0 0 24 24"
            role={label ? 'img' : undefined}
            aria-label={label}
            aria-hidden={label ? undefined : 'true'}
            focusable="false"
        >
            <path d={ICONS[name]} />
        </svg>
    );
}
