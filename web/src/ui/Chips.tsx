// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { useField } from './Field.tsx';
import { Icon } from './Icon.tsx';
import { useId } from './id.ts';
import '../style/kit/choose.css';
import '../style/kit/table.css';

/** Words one after the other: Enter or a comma takes one, its cross takes it away. Inside a Field. */
export function Chips({
    value,
    onInput,
    list,
    remove,
}: {
    value: readonly string[];
    onInput: (value: string[]) => void;
    list?: readonly string[];
    remove: (word: string) => string;
}) {
    const id = useId();
    const [text, setText] = useState('');
    const take = (): void => {
        const news = text.split(/[\s,]+/).filter((one) => one && !value.includes(one));
        setText('');
        if (news.length > 0) onInput([...value, ...new Set(news)]);
    };
    const key = (event: KeyboardEvent): void => {
        if (event.key === 'Backspace' && text === '' && value.length > 0) onInput(value.slice(0, -1));
        if ((event.key !== 'Enter' && event.key !== ',') || text.trim() === '') return;
        event.preventDefault();
        take();
    };
    return (
        <div class="chips-input">
            {value.map((one) => (
                <button
                    key={one}
                    type="button"
                    class="chip"
                    title={remove(one)}
                    onClick={() => onInput(value.filter((word) => word !== one))}
                >
                    {one}
                    <Icon name="close" size={14} label={remove(one)} />
                </button>
            ))}
            <input
                {...useField()}
                type="text"
                class="input"
                value={text}
                list={list ? `${id}-list` : undefined}
                spellcheck={false}
                autocapitalize="off"
                autocomplete="off"
                onInput={(event) => setText(event.currentTarget.value)}
                onKeyDown={key}
                onBlur={take}
            />
            {list && (
                <datalist id={`${id}-list`}>
                    {list
                        .filter((one) => !value.includes(one))
                        .map((one) => (
                            <option key={one} value={one} />
                        ))}
                </datalist>
            )}
        </div>
    );
}
