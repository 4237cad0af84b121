// SPDX-License-Identifier: Apache-2.0
// A key that was just made: shown this once, with what to do with it.
import { api, call } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { t } from '../../../i18n/index.ts';
import { Button, CodeBlock, Dialog, Field, Note, Qr, Snippets, type Snippet } from '../../../ui/index.ts';
import { agentWithKey, ansible, innoSetup, macWithKey, windowsWithKey } from './commands.ts';
import type { KeyRow } from './Keys.tsx';

function snippets(key: string, auto: boolean): Snippet[] {
    const words = t.enrol.made;
    const server = location.origin;
    const agent: Snippet[] = [
        { key: 'linux', label: words.linux, text: agentWithKey(server, key), hint: words.linuxHint },
        { key: 'ansible', label: words.ansible, text: ansible(server), hint: words.ansibleHint },
    ];
    if (!auto) return agent;
    // The installer's contract answers the token at once: it takes no key that waits for a person.
    return [
        ...agent,
        { key: 'macos', label: words.macos, text: macWithKey(server, key), hint: words.once_token },
        { key: 'windows', label: words.windows, text: windowsWithKey(server, key), hint: words.once_token },
        { key: 'inno', label: words.inno, text: innoSetup(key), hint: words.innoHint },
    ];
}

export function MadeKey({ row, onClose }: { row: KeyRow; onClose: () => void }) {
    const words = t.enrol.made;
    const key = row.key ?? '';
    const qr = useData(key || undefined, () => call(api.POST('/api/v1/qr', { body: { text: key } })));
    return (
        <Dialog
            title={words.title(row.name ?? '')}
            wide
            onClose={onClose}
            actions={
                <Button kind="primary" onClick={onClose}>
                    {words.close}
                </Button>
            }
        >
            {!key && <Note tone="warn">{words.shown}</Note>}
            {key && (
                <>
                    <Note tone="warn">{words.once}</Note>
                    <div class="made">
                        <Field label={words.key} group>
                            <CodeBlock text={key} label={words.key} wrap />
                        </Field>
                        {qr.data && (
                            <figure>
                                <Qr size={qr.data.size ?? 0} rows={qr.data.rows ?? []} label={words.qr} pixels={150} />
                                <figcaption>{words.qrHint}</figcaption>
                            </figure>
                        )}
                    </div>
                    {!row.auto_approve && <p class="muted">{words.waits}</p>}
                    <Snippets label={words.snippets} items={snippets(key, row.auto_approve ?? false)} />
                </>
            )}
        </Dialog>
    );
}
