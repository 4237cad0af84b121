// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import { problemOf, type Problem } from '../api/client.ts';
import { t } from '../i18n/index.ts';
import { IconButton } from './Button.tsx';
import { Icon } from './Icon.tsx';
import { begun, titleOf } from './titles.ts';

const STAY_MS = 6000;
const MOST = 4;

interface Shown {
    id: number;
    tone: 'good' | 'bad' | 'info';
    text: string;
    /** As the server says it. */
    detail?: string | undefined;
}

let shown: Shown[] = [];
let last = 0;
let host: HTMLElement | null = null;

function Toasts() {
    return (
        <>
            {shown.map((one) => (
                <div key={one.id} class={`toast ${one.tone}`} role={one.tone === 'bad' ? 'alert' : 'status'}>
                    <Icon name={one.tone} />
                    <div>
                        <strong>{one.text}</strong>
                        {one.detail && <div>{begun(one.detail)}</div>}
                    </div>
                    <IconButton icon="close" kind="link" small label={t.kit.close} onClick={() => drop(one.id)} />
                </div>
            ))}
        </>
    );
}

function draw(): void {
    if (!host) {
        host = document.body.appendChild(document.createElement('div'));
        host.className = 'toasts';
        host.popover = 'manual';
    }
    // Shown anew each time: the last one in the top layer is above a dialog that opened meanwhile.
    if (host.matches(':popover-open')) host.hidePopover();
    if (shown.length > 0) host.showPopover();
    render(<Toasts />, host);
}

function drop(id: number): void {
    shown = shown.filter((one) => one.id !== id);
    draw();
}

function say(one: Omit<Shown, 'id'>): void {
    const id = ++last;
    shown = [...shown.slice(1 - MOST), { ...one, id }];
    draw();
    // A refusal stays until it is closed: it has to be read.
    if (one.tone !== 'bad') setTimeout(() => drop(id), STAY_MS);
}

/** A word at the foot of the window: `toast.good(t.x.saved)`, `toast.bad(problem)`. */
export const toast = {
    good: (text: string): void => say({ tone: 'good', text }),
    info: (text: string): void => say({ tone: 'info', text }),
    bad: (error: Problem | unknown): void => {
        const problem = problemOf(error);
        say({ tone: 'bad', text: titleOf(problem), detail: problem.detail });
    },
};
