// SPDX-License-Identifier: Apache-2.0
// Who gains or loses what by a change that is not made yet, as the server reckons it.
import type { Shape } from '../api/client.ts';
import { useData } from '../api/data.ts';
import { list, number } from '../i18n/format.ts';
import { loadParts, t } from '../i18n/index.ts';
import { ValueDiff } from './Diff.tsx';
import { Icon, type IconName } from './Icon.tsx';
import { Note } from './Layout.tsx';
import { ErrorBox, Skeleton } from './States.tsx';
import './access.css';

type Preview = Shape<'AccessPreview'>;
type Result = Shape<'AccessPreviewResult'>;
type Change = Shape<'AccessChange'>;

const WORTH = ['none', 'conditional', 'approval', 'allowed'] as const;
type State = (typeof WORTH)[number];
const KINDS = ['roles', 'applications', 'tools'] as const;
const DRAWN: Record<(typeof KINDS)[number] | 'values', IconName> = {
    roles: 'people',
    applications: 'application',
    tools: 'tool',
    values: 'policy',
};
/** Of one kind; more stand behind "and 12 more". */
const SHOWN = 12;

const stateOf = (word: string | null | undefined): State => WORTH.find((one) => one === word) ?? 'none';
const gains = (change: Change): boolean => WORTH.indexOf(stateOf(change.to)) > WORTH.indexOf(stateOf(change.from));

/** The first names, and how many more there are. */
function whoOf(result: Result): string {
    const names = (result.sample ?? []).slice(0, 3).map((who) => who.name ?? '');
    const more = (result.who ?? 0) - names.length;
    return list(more > 0 ? [...names, t.access.others(more)] : names);
}

function Line({ change, kind }: { change: Change; kind: (typeof KINDS)[number] }) {
    const words = t.access;
    const gained = gains(change);
    const to = stateOf(change.to);
    const role = kind === 'roles' ? (words.roles[change.name as keyof typeof words.roles] ?? change.name) : undefined;
    return (
        <li class={gained ? 'gains' : 'loses'}>
            <Icon name={to === 'approval' ? 'approval' : gained ? 'check' : 'close'} size={16} />
            <span class="access-name">{role ?? <code>{change.name}</code>}</span>
            <span class="access-states">
                <span class="muted">{words.states[stateOf(change.from)]}</span>
                <span aria-hidden="true">→</span>
                <span class="unseen">{words.becomes}</span>
                <strong>{words.states[to]}</strong>
            </span>
        </li>
    );
}

function Changes({ kind, changes }: { kind: (typeof KINDS)[number]; changes: readonly Change[] }) {
    if (changes.length === 0) return null;
    const sorted = [...changes].sort((a, b) => Number(gains(a)) - Number(gains(b)));
    const rows = (from: number, to?: number) =>
        sorted.slice(from, to).map((change, at) => <Line key={at} change={change} kind={kind} />);
    return (
        <section class="access-kind">
            <p class="access-head">
                <Icon name={DRAWN[kind]} size={16} />
                {t.access.kinds[kind]}
            </p>
            <ul>{rows(0, SHOWN)}</ul>
            {sorted.length > SHOWN && (
                <details>
                    <summary>{t.access.more(sorted.length - SHOWN)}</summary>
                    <ul>{rows(SHOWN)}</ul>
                </details>
            )}
        </section>
    );
}

function Values({ result }: { result: Result }) {
    const words = t.access;
    const switched = result.enabled_to !== null && result.enabled_to !== undefined;
    const values = result.values ?? [];
    if (!switched && values.length === 0) return null;
    return (
        <section class="access-kind">
            <p class="access-head">
                <Icon name={DRAWN.values} size={16} />
                {words.kinds.values}
            </p>
            {switched && <p>{result.enabled_to ? words.switchedOn : words.switchedOff}</p>}
            {values.length > 0 && (
                <ValueDiff
                    head={words.kinds.values}
                    changes={values.map((one) => ({
                        pointer: one.pointer ?? '',
                        ...('from' in one && { from: one.from }),
                        ...('to' in one && { to: one.to }),
                    }))}
                />
            )}
        </section>
    );
}

function Shown({ preview, nobody }: { preview: Preview; nobody: string | undefined }) {
    const words = t.access;
    const results = preview.results ?? [];
    const truncated = preview.truncated && (
        <Note tone="warn" title={words.truncated}>
            {words.truncatedText(preview.looked_at ?? 0)}
        </Note>
    );
    if (results.length === 0)
        return (
            <>
                <Note tone="info" title={words.nobody}>
                    {nobody ?? words.nobodyText}
                </Note>
                {truncated}
            </>
        );
    return (
        <>
            <p>{words.summary(preview.changed ?? 0, preview.looked_at ?? 0)}</p>
            {truncated}
            {results.map((result, at) => (
                <article key={at} class="access-result">
                    <header>
                        <strong>{whoOf(result)}</strong>
                        {(result.who ?? 0) > 1 && <span class="badge neutral">{number(result.who ?? 0)}</span>}
                    </header>
                    {KINDS.map((kind) => (
                        <Changes key={kind} kind={kind} changes={result[kind] ?? []} />
                    ))}
                    <Values result={result} />
                </article>
            ))}
        </>
    );
}

/** Asks for a preview and shows it: `<AccessDiff of="bind 17" ask={(signal) => call(api.POST('…/preview', …))} />`, in a dialog before the act. */
export function AccessDiff({
    of,
    ask,
    nobody,
}: {
    of: string;
    ask: (signal: AbortSignal) => Promise<Preview>;
    /** Said where nobody gains or loses anything; else that nothing changes. */
    nobody?: string;
}) {
    const asked = useData(`access ${of}`, async (signal) => {
        const [preview] = await Promise.all([ask(signal), loadParts(['access'])]);
        return preview;
    });
    return (
        <div class="access-diff" aria-busy={asked.data === undefined && asked.loading} aria-live="polite">
            {asked.data ? (
                <Shown preview={asked.data} nobody={nobody} />
            ) : asked.error ? (
                <ErrorBox problem={asked.error} retry={asked.reload} />
            ) : (
                <Skeleton lines={3} />
            )}
        </div>
    );
}
