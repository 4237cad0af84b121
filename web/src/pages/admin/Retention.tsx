// SPDX-License-Identifier: Apache-2.0
// What is kept for a time: what would go now, and that it goes.
import { useState } from 'preact/hooks';
import { api, call, problemOf, type Shape } from '../../api/client.ts';
import { bytes, number } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Button, Card, confirm, Note, Stack, toast } from '../../ui/index.ts';

type Cleanup = Shape<'Cleanup'>;

const ask = (dry_run: boolean): Promise<Cleanup> => call(api.POST('/api/v1/admin/cleanup', { body: { dry_run } }));

const isEmpty = (found: Cleanup): boolean => !found.removed && !found.bytes_freed && !found.log_bytes_freed;

function Figures({ found }: { found: Cleanup | undefined }) {
    const words = t.upkeep.retention;
    const of = (name: string): string => {
        const row = found?.what?.find((one) => one.name === name);
        if (!row) return '–';
        return row.more ? words.more(row.removed ?? 0) : number(row.removed ?? 0);
    };
    const room = (n: number | undefined): string => (found ? bytes(n ?? 0) : '–');
    const rows = [
        ...Object.entries(words.names).map(([name, [what, kept]]) => [name, what, kept, of(name)] as const),
        ['log', words.log, words.logKept, room(found?.log_bytes_freed)] as const,
        ['store', words.store, words.storeKept, room(found?.bytes_freed)] as const,
    ];
    return (
        <div class="figures kept" tabIndex={0} role="region" aria-label={words.would}>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{words.kind}</th>
                        <th scope="col">{words.kept}</th>
                        <th scope="col" class="figure">
                            {found && !found.dry_run ? words.went : words.would}
                        </th>
                    </tr>
                </thead>
                <tbody>
                    {rows.map(([name, what, kept, n]) => (
                        <tr key={name}>
                            <th scope="row">{what}</th>
                            <td>{kept}</td>
                            <td class="figure">{n}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

export default function Retention() {
    const words = t.upkeep.retention;
    const [found, setFound] = useState<Cleanup>();
    const [busy, setBusy] = useState(false);
    const look = async (): Promise<void> => {
        setBusy(true);
        try {
            setFound(await ask(true));
        } catch (thrown) {
            toast.bad(problemOf(thrown));
        } finally {
            setBusy(false);
        }
    };
    const clean = async (): Promise<void> => {
        const act = async (): Promise<void> => {
            const done = await ask(false);
            setFound(done);
            toast.good(words.done(done.removed ?? 0, bytes((done.bytes_freed ?? 0) + (done.log_bytes_freed ?? 0))));
        };
        await confirm({ title: words.confirm, text: words.confirmText, yes: words.clean, act });
    };
    const acts = may('operation:write') && (
        <Stack as="row">
            <Button icon="search" busy={busy} onClick={() => void look()}>
                {words.look}
            </Button>
            <Button icon="remove" onClick={() => void clean()}>
                {words.clean}
            </Button>
        </Stack>
    );
    return (
        <Card title={words.title} intro={words.intro} icon="reload" actions={acts}>
            <Stack>
                {found?.dry_run && isEmpty(found) && <Note tone="good">{words.nothing}</Note>}
                {found && !found.dry_run && !found.complete && <Note tone="warn">{words.notAll}</Note>}
                <Figures found={found} />
            </Stack>
        </Card>
    );
}
