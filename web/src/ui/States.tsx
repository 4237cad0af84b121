// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import type { Problem } from '../api/client.ts';
import { t } from '../i18n/index.ts';
import { Button } from './Button.tsx';
import { Copy } from './Copy.tsx';
import { Icon, type IconName } from './Icon.tsx';
import { begun, titleOf } from './titles.ts';

/** Nothing here yet: what this will be, and the next step as a button. */
export function Empty({
    icon,
    title,
    children,
    action,
}: {
    icon: IconName;
    title: ComponentChildren;
    children?: ComponentChildren;
    action?: ComponentChildren;
}) {
    return (
        <div class="empty">
            <span class="empty-icon">
                <Icon name={icon} size={28} />
            </span>
            <h2>{title}</h2>
            {children && <p>{children}</p>}
            {action && <div class="actions">{action}</div>}
        </div>
    );
}

/** What helps against a problem, by its status. */
function remedy(problem: Problem): string {
    const at = t.kit.remedy;
    if (problem.status === 0 || problem.status === 408) return at.network;
    if (problem.status === 401) return at.signIn;
    if (problem.status === 403) return at.permission;
    if (problem.status === 404) return at.gone;
    if (problem.status === 409 || problem.status === 412) return at.conflict;
    if (problem.status === 429 || problem.status === 503) return at.later;
    return problem.status >= 500 ? at.server : at.input;
}

/**
 * A refusal of the server in full: title, detail (that something is not there needs none),
 * what to do, `retry` as a button, and the id of the request for who helps.
 */
export function ErrorBox({
    problem,
    retry,
    what,
}: {
    problem: Problem;
    retry?: (() => void) | undefined;
    what?: ComponentChildren;
}) {
    const faults = problem.errors.filter((one) => one.want);
    return (
        <div class="note bad error-box" role="alert">
            <Icon name="bad" />
            <div class="note-text">
                <strong>{titleOf(problem)}</strong>
                {problem.detail && problem.status !== 404 && <div>{begun(problem.detail)}</div>}
                {faults.length > 0 && (
                    <ul>
                        {faults.map((one) => (
                            <li key={one.field}>
                                <code>{one.field}</code> {one.want}
                            </li>
                        ))}
                    </ul>
                )}
                <div class="muted">{what ?? remedy(problem)}</div>
                <div class="error-foot">
                    {retry && (
                        <Button small icon="reload" onClick={retry}>
                            {t.kit.retry}
                        </Button>
                    )}
                    {problem.requestId && (
                        <span class="muted">
                            {t.kit.request} <code>{problem.requestId.slice(-12)}</code>{' '}
                            <Copy text={problem.requestId} />
                        </span>
                    )}
                </div>
            </div>
        </div>
    );
}

/** Grey shapes where text will be, of the same height, so that nothing jumps. */
export function Skeleton({ lines = 3, look = 'text' }: { lines?: number; look?: 'text' | 'rows' | 'tiles' }) {
    return (
        <div class={`skeleton ${look}`} role="status" aria-label={t.kit.loading}>
            {Array.from({ length: lines }, (_, at) => (
                <span key={at} class={`bone w${at % 3}`} />
            ))}
        </div>
    );
}

/** What useData gives, as one of: skeleton, error with retry, content. */
export function Loaded<T>({
    of,
    children,
    skeleton,
}: {
    of: { data: T | undefined; error: Problem | undefined; reload: () => void };
    children: (data: T) => ComponentChildren;
    skeleton?: ComponentChildren;
}) {
    if (of.data !== undefined)
        return (
            <>
                {of.error && <ErrorBox problem={of.error} retry={of.reload} />}
                {children(of.data)}
            </>
        );
    return (
        <>
            {of.error ? (
                <ErrorBox problem={of.error} retry={of.reload} />
            ) : (
                (skeleton ?? <Skeleton lines={6} look="rows" />)
            )}
        </>
    );
}
