// SPDX-License-Identifier: Apache-2.0
import { api, call } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { navigate } from '../../router.ts';
import { Button, Dialog, toast, useForm } from '../../ui/index.ts';
import { ifUnchanged } from './acts.tsx';
import { serverPath, type Server } from './data.ts';
import { fieldsOf, patchOf } from './fields.ts';
import { lacksOf, ServerForm } from './ServerForm.tsx';
import './tools.css';

export default function EditServer({ server, onClose }: { server: Server; onClose: () => void }) {
    const form = useForm({
        initial: fieldsOf(server),
        check: lacksOf,
        careless: true,
        submit: (values) =>
            call(
                api.PATCH('/api/v1/gateway/servers/{id}', {
                    params: { path: { id: server.id ?? '' } },
                    body: patchOf(values),
                    headers: ifUnchanged(server.etag),
                }),
            ),
        done: (changed) => {
            toast.good(t.tools.saved(changed.name ?? ''));
            onClose();
            if (changed.name !== server.name && location.pathname === serverPath(server.name ?? ''))
                navigate(serverPath(changed.name ?? ''), 'replace');
        },
    });
    return (
        <Dialog
            wide
            title={t.tools.editTitle(server.name ?? '')}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button type="submit" kind="primary" busy={form.busy} disabled={!form.dirty}>
                        {t.kit.save}
                    </Button>
                </>
            }
        >
            <ServerForm form={form} kept={[...(server.header_names ?? []), ...(server.env_names ?? [])]} />
        </Dialog>
    );
}
