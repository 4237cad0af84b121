// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from 'preact/hooks';
import { useData } from '../api/data.ts';
import { t } from '../i18n/index.ts';
import { useField } from './Field.tsx';
import { Icon, type IconName } from './Icon.tsx';
import { useId } from './id.ts';
import './chooser.css';
import '../style/kit/table.css';

/** One thing that can be chosen. */
export interface Choice {
    id: string;
    name: string;
    /** What tells it from others of a like name. */
    note?: string | undefined;
    icon?: IconName;
}

export interface ChooserProps {
    chosen: readonly Choice[];
    onInput: (chosen: readonly Choice[]) => void;
    /** What fits what was typed; all when nothing was. The first eight are shown. */
    find: (text: string, signal: AbortSignal) => Promise<readonly Choice[]>;
    /** Names what is found to readers, and is the placeholder. */
    label: string;
    /** One at most: another takes its place. */
    single?: boolean;
    disabled?: boolean;
    autofocus?: boolean;
}

const SHOWN = 8;
const QUIET_MS = 200;

/** Objects of the server, found by their names: chips in the box where one types, and what fits below it. By keyboard: arrows, Enter, Backspace. */
export function Chooser({ chosen, onInput, find, label, single, disabled, autofocus }: ChooserProps) {
    const list = useId();
    const wired = useField();
    const [text, setText] = useState('');
    const [asked, setAsked] = useState('');
    const [open, setOpen] = useState(false);
    const [at, setAt] = useState(0);
    useEffect(() => {
        const timer = setTimeout(() => setAsked(text), QUIET_MS);
        return () => clearTimeout(timer);
    }, [text]);
    const found = useData(open ? `choose ${asked}` : undefined, (signal) => find(asked, signal));
    const shown = (found.data ?? []).filter((one) => !chosen.some((had) => had.id === one.id)).slice(0, SHOWN);
    const current = Math.min(at, shown.length - 1);
    const take = (one: Choice | undefined): void => {
        if (!one) return;
        onInput(single ? [one] : [...chosen, one]);
        setText('');
        setAsked('');
        setAt(0);
        if (single) setOpen(false);
    };
    const key = (event: KeyboardEvent): void => {
        if (event.key === 'Backspace' && text === '') return onInput(chosen.slice(0, -1));
        if (event.key === 'Escape' && open) setOpen(false);
        else if (event.key === 'ArrowDown') {
            setOpen(true);
            setAt(Math.min(current + 1, shown.length - 1));
        } else if (event.key === 'ArrowUp') setAt(Math.max(0, current - 1));
        else if (event.key === 'Enter' && open && shown.length > 0) take(shown[current]);
        else return;
        event.preventDefault();
        event.stopPropagation();
    };
    const expanded = open && shown.length > 0;
    return (
        <div class="chooser">
            <div class="chooser-box">
                {chosen.map((one) => (
                    <button
                        key={one.id}
                        type="button"
                        class="chip"
                        disabled={disabled}
                        onClick={() => onInput(chosen.filter((had) => had !== one))}
                    >
                        {one.name}
                        <Icon name="close" size={14} label={t.kit.drop(one.name)} />
                    </button>
                ))}
                <input
                    {...wired}
                    type="text"
                    role="combobox"
                    autocomplete="off"
                    spellcheck={false}
                    value={text}
                    placeholder={chosen.length > 0 ? undefined : label}
                    disabled={disabled}
                    autofocus={autofocus}
                    aria-label={wired.id ? undefined : label}
                    aria-expanded={expanded}
                    aria-controls={expanded ? list : undefined}
                    aria-autocomplete="list"
                    aria-activedescendant={expanded ? `${list}-${current}` : undefined}
                    onInput={(event) => {
                        setText(event.currentTarget.value);
                        setOpen(true);
                        setAt(0);
                    }}
                    onFocus={() => setOpen(true)}
                    onClick={() => setOpen(true)}
                    onBlur={() => setOpen(false)}
                    onKeyDown={key}
                />
            </div>
            {expanded && (
                <ul class="chooser-list" id={list} role="listbox" aria-label={label}>
                    {shown.map((one, i) => (
                        <li
                            key={one.id}
                            id={`${list}-${i}`}
                            role="option"
                            aria-selected={i === current}
                            onPointerDown={(event) => {
                                event.preventDefault();
                                take(one);
                            }}
                        >
                            {one.icon && <Icon name={one.icon} size={16} />}
                            <span>{one.name}</span>
                            {one.note && <small class="muted">{one.note}</small>}
                        </li>
                    ))}
                </ul>
            )}
            {open && found.data && shown.length === 0 && (
                <p class="hint" role="status">
                    {asked ? t.kit.notFound : t.kit.table.empty}
                </p>
            )}
        </div>
    );
}
