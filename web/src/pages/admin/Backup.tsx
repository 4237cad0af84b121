// SPDX-License-Identifier: Apache-2.0
// Copies of the store: those that are kept, one more now, and how one comes back.
import { useState } from 'preact/hooks';
import { api, call, problemOf } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { bytes } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Button, Card, CodeBlock, Copy, Empty, Loaded, Stack, Time, toast } from '../../ui/index.ts';

export default function Backup() {
    const words = t.admin.backup;
    const [busy, setBusy] = useState(false);
    const asked = useData('admin/backups', (signal) => call(api.GET('/api/v1/admin/security/backup', { signal })), {
        topics: ['admin'],
    });
    const make = async (): Promise<void> => {
        setBusy(true);
        try {
            const made = await call(api.POST('/api/v1/admin/security/backup'));
            toast.good(words.made(made.name ?? ''));
            asked.reload();
        } catch (thrown) {
            toast.bad(problemOf(thrown));
        } finally {
            setBusy(false);
        }
    };
    const now = may('operation:write') && (
        <Button kind="primary" icon="backup" busy={busy} onClick={() => void make()}>
            {words.now}
        </Button>
    );
    return (
        <Stack>
            <Card title={words.title} intro={words.intro} icon="backup" actions={now}>
                <Loaded of={asked}>
                    {({ items }) =>
                        items.length === 0 ? (
                            <Empty icon="backup" title={words.none}>
                                {words.noneText}
                            </Empty>
                        ) : (
                            <ul class="rows">
                                {items.map((one) => (
                                    <li key={one.name}>
                                        <code class="rows-name">{one.name}</code>
                                        <span>{bytes(one.bytes ?? 0)}</span>
                                        <span class="id">
                                            <small class="muted">SHA-256</small>
                                            <code title={one.sha256 ?? ''}>{one.sha256?.slice(0, 12)}…</code>
                                            <Copy text={one.sha256 ?? ''} />
                                        </span>
                                        <Time at={one.made_at} />
                                    </li>
                                ))}
                            </ul>
                        )
                    }
                </Loaded>
            </Card>
            <Card title={words.restore} intro={words.restoreText} icon="undo">
                <Stack>
                    <CodeBlock label={words.restore} text={RESTORE} />
                    <p class="muted">{words.elsewhere}</p>
                </Stack>
            </Card>
        </Stack>
    );
}

const RESTORE = [
    'install -d -m 0700 NEW_DIR',
    'install -m 0400 DIR/master.key NEW_DIR/master.key',
    'seneschal restore seneschal-TIME.db --data NEW_DIR',
    'seneschal serve --data NEW_DIR',
].join('\n');
