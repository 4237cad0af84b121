// SPDX-License-Identifier: Apache-2.0
import { t } from '../i18n/index.ts';
import { Copy } from './Copy.tsx';
import '../style/kit/data.css';

const OPEN_DEPTH = 2;
/** More members than this are closed at first. */
const OPEN_MOST = 40;

function Leaf({ value }: { value: unknown }) {
    const kind = value === null ? 'null' : typeof value;
    return <span class={`json-${kind}`}>{JSON.stringify(value) ?? 'null'}</span>;
}

function Branch({ name, value, depth }: { name: string | undefined; value: unknown; depth: number }) {
    const label = name !== undefined && (
        <>
            <span class="json-name">{name}</span>:{' '}
        </>
    );
    if (typeof value !== 'object' || value === null)
        return (
            <div class="json-line">
                {label}
                <Leaf value={value} />
            </div>
        );
    const list = Array.isArray(value);
    const members = Object.entries(value);
    if (members.length === 0)
        return (
            <div class="json-line">
                {label}
                {list ? '[]' : '{}'}
            </div>
        );
    return (
        <details class="json-branch" open={depth < OPEN_DEPTH && members.length <= OPEN_MOST}>
            <summary>
                {label}
                <span class="muted">
                    {list ? `[ ${t.kit.json.items(members.length)} ]` : `{ ${t.kit.json.open(members.length)} }`}
                </span>
            </summary>
            <div class="json-inner">
                {members.map(([key, one]) => (
                    <Branch key={key} name={key} value={one} depth={depth + 1} />
                ))}
            </div>
        </details>
    );
}

/** A JSON value to read: folds, and is copied whole. */
export function JsonView({ value, label }: { value: unknown; label: string }) {
    return (
        <div class="json-view" role="group" aria-label={label}>
            <Copy text={() => JSON.stringify(value, null, 2)} />
            <Branch name={undefined} value={value} depth={0} />
        </div>
    );
}
