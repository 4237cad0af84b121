// SPDX-License-Identifier: Apache-2.0
// The claim of an administrator's rotation, shown this once, and how the machine uses it.
import { t } from '../../../i18n/index.ts';
import { Button, CodeBlock, Dialog, Field, Note } from '../../../ui/index.ts';

export default function Claim({ claim, id, onClose }: { claim: string; id: string; onClose: () => void }) {
    const body = JSON.stringify({ device_id: id, claim });
    const command = `curl -fsS ${location.origin}/api/v1/devices/enroll/confirm \\\n  -H 'Content-Type: application/json' -d '${body}'`;
    return (
        <Dialog
            title={t.device.claim.title}
            wide
            onClose={onClose}
            actions={
                <Button kind="primary" onClick={onClose}>
                    {t.device.claim.close}
                </Button>
            }
        >
            <Note tone="warn">{t.device.claim.text}</Note>
            <Field label={t.device.claim.claim} group>
                <CodeBlock text={claim} label={t.device.claim.claim} wrap />
            </Field>
            <Field label={t.device.claim.command} group>
                <CodeBlock text={command} label={t.device.claim.command} />
            </Field>
        </Dialog>
    );
}
