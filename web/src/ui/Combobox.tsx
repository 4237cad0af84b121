// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';
import { problemOf, wasAborted } from '../api/client.ts';
import { t } from '../i18n/index.ts';
import { asking } from '../ready.ts';
import { useField } from './Field.tsx';
import { useId } from './id.ts';
import { titleOf } from './titles.ts';
import '../style/kit/choose.css';
import '../style/kit/fields.css';

export interface Found {
    key: string;
    label: string;
    /** Behind it, softer: an address, a kind. */
    more?: string;
}

const WAIT_MS = 200;

/** One of many that the server finds by what is typed (WAI-ARIA combobox). Outside a Field it needs an `aria-label`. `value` is what was picked last. */
export function Combobox<T extends Found>({
    value,
    find,
    onPick,
    placeholder,
    ...rest
}: {
    value: string;
    find: (text: string, signal: AbortSignal) => Promise<readonly T[]>;
    onPick: (found: T) => void;
    placeholder?: string;
    'aria-label'?: string;
}) {
    const id = useId();
    const wired = useField();
    const [text, setText] = useState<string>();
    const [found, setFound] = useState<readonly T[]>([]);
    const [at, setAt] = useState(0);
    const [problem, setProblem] = useState<string>();
    const latest = useRef(find);
    latest.current = find;
    const open = text !== undefined;
    useEffect(() => {
        if (text === undefined) return;
        const abort = new AbortController();
        const answered = asking();
        const timer = setTimeout(
            () =>
                latest
                    .current(text, abort.signal)
                    .then(
                        (all) => {
                            setFound(all);
                            setAt(0);
                            setProblem(undefined);
                        },
                        (thrown: unknown) => {
                            if (!wasAborted(thrown) && !abort.signal.aborted) setProblem(titleOf(problemOf(thrown)));
                        },
                    )
                    .finally(answered),
            text ? WAIT_MS : 0,
        );
        return () => {
            clearTimeout(timer);
            abort.abort();
            answered();
        };
    }, [text]);
    const pick = (one: T | undefined): void => {
        if (!one) return;
        setText(undefined);
        onPick(one);
    };
    const key = (event: KeyboardEvent): void => {
        if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            const step = event.key === 'ArrowDown' ? 1 : -1;
            if (open) setAt((now) => Math.max(0, Math.min(found.length - 1, now + step)));
            else setText('');
        } else if (event.key === 'Enter' && open) pick(found[at]);
        else if (event.key === 'Escape' && open) {
            event.stopPropagation();
            setText(undefined);
        } else return;
        event.preventDefault();
    };
    return (
        <span class="combobox">
            <input
                {...wired}
                {...rest}
                type="text"
                role="combobox"
                class="input"
                autocomplete="off"
                spellcheck={false}
                placeholder={placeholder}
                value={text ?? value}
                aria-expanded={open}
                aria-controls={`${id}-list`}
                aria-autocomplete="list"
                aria-activedescendant={open && found[at] ? `${id}-${at}` : undefined}
                onFocus={(event) => event.currentTarget.select()}
                onClick={() => !open && setText('')}
                onBlur={() => setText(undefined)}
                onInput={(event) => setText(event.currentTarget.value)}
                onKeyDown={key}
            />
            <ul
                id={`${id}-list`}
                role="listbox"
                class="combobox-list"
                aria-label={rest['aria-label'] ?? placeholder ?? t.kit.found}
                hidden={!open || found.length === 0}
            >
                {found.map((one, i) => (
                    <li
                        key={one.key}
                        id={`${id}-${i}`}
                        role="option"
                        aria-selected={i === at}
                        onPointerDown={(event) => {
                            event.preventDefault();
                            pick(one);
                        }}
                    >
                        <span>{one.label}</span>
                        {one.more && <small>{one.more}</small>}
                    </li>
                ))}
            </ul>
            {open && found.length === 0 && (
                <span class="combobox-none" role="status">
                    {problem ?? t.kit.notFound}
                </span>
            )}
        </span>
    );
}
