// SPDX-License-Identifier: Apache-2.0
// What a person was told, newest first: one that is opened is read.
import type { Problem } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/Button.tsx';
import { ErrorBox } from '../../ui/States.tsx';
import { Time } from '../../ui/Values.tsx';
import type { Notice } from './Bell.tsx';

export function List({
    notices,
    problem,
    retry,
    read,
    more,
}: {
    notices: readonly Notice[];
    problem: Problem | undefined;
    retry: () => void;
    read: (ids: readonly string[]) => void;
    more: (() => void) | undefined;
}) {
    const words = t.notices;
    const unread = notices.filter((one) => !one.read_at).map((one) => one.id ?? '');
    return (
        <section>
            <header>
                <h2>{words.title}</h2>
                {unread.length > 1 && (
                    <Button kind="link" small onClick={() => read(unread)}>
                        {words.readAll}
                    </Button>
                )}
            </header>
            {problem && <ErrorBox problem={problem} retry={retry} />}
            {!problem && notices.length === 0 && <p class="muted">{words.none}</p>}
            <ul class="told">
                {notices.map((one) => (
                    <li key={one.id}>
                        <One notice={one} read={() => read([one.id ?? ''])} />
                    </li>
                ))}
            </ul>
            {more && (
                <Button small onClick={more}>
                    {words.older}
                </Button>
            )}
        </section>
    );
}

function One({ notice, read }: { notice: Notice; read: () => void }) {
    return (
        <details onToggle={(event) => event.currentTarget.open && !notice.read_at && read()}>
            <summary class={notice.read_at ? '' : 'new'}>
                {!notice.read_at && <span class="unseen">{t.notices.unread}</span>}
                <span>{notice.subject}</span>
                <Time at={notice.created_at} />
            </summary>
            <Text text={notice.text ?? ''} />
        </details>
    );
}

const LINK = /(https?:\/\/[^\s<>"]+)/;

/** Its paragraphs; what is a URL leads there. */
function Text({ text }: { text: string }) {
    return (
        <>
            {text
                .split(/\n\s*\n/)
                .filter(Boolean)
                .map((part, i) => (
                    <p key={i}>
                        {part.split(LINK).map((piece) => (LINK.test(piece) ? <a href={piece}>{piece}</a> : piece))}
                    </p>
                ))}
        </>
    );
}
