// SPDX-License-Identifier: Apache-2.0
// What a program proves itself with: its keys, or its tokens. Each ends when somebody says so.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Data } from '../../../api/data.ts';
import { t } from '../../../i18n/index.ts';
import { Button, Card, Loaded, confirm } from '../../../ui/index.ts';
import type { IconName } from '../../../ui/Icon.tsx';
import { Ends } from './Ends.tsx';

interface Credential {
    id?: string | null;
    name?: string | null;
    expires_at?: string | null;
}

interface Of<One extends Credential> {
    title: string;
    icon: IconName;
    /** Of the program. */
    owner: string;
    none: string;
    /** May they be made and ended? */
    write: boolean;
    add: string;
    list: Data<{ items: One[] }>;
    line: (one: One) => ComponentChildren;
    end: (id: string) => Promise<unknown>;
    /** What makes one. */
    form: (close: () => void) => ComponentChildren;
}

export function Credentials<One extends Credential>(of: Of<One>) {
    const words = t.services;
    const [open, setOpen] = useState(false);
    const end = async ({ id, name }: One): Promise<void> => {
        const ended = await confirm({
            title: words.endAsk(name ?? '', of.owner),
            text: words.endText,
            yes: words.end,
            danger: true,
            act: () => of.end(id ?? ''),
        });
        if (ended) of.list.reload();
    };
    const add = of.write && (
        <Button small icon="add" onClick={() => setOpen(true)}>
            {of.add}
        </Button>
    );
    return (
        <Card title={of.title} icon={of.icon} flush actions={add}>
            <Loaded of={of.list}>
                {({ items }) =>
                    items.length === 0 ? (
                        <p class="inset muted">{of.none}</p>
                    ) : (
                        <ul class="plain-list">
                            {items.map((one) => (
                                <li key={one.id}>
                                    <span>{of.line(one)}</span>
                                    <Ends at={one.expires_at} />
                                    {of.write && (
                                        <Button small onClick={() => void end(one)}>
                                            {words.end}…
                                        </Button>
                                    )}
                                </li>
                            ))}
                        </ul>
                    )
                }
            </Loaded>
            {open && of.form(() => setOpen(false))}
        </Card>
    );
}
