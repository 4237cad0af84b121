// SPDX-License-Identifier: Apache-2.0
// What can be done with one server, wherever it stands.
import { useState } from 'preact/hooks';
import { api, call } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { confirm, lazy, Menu, type MenuItem, toast } from '../../ui/index.ts';
import type { Server } from './data.ts';

const TestServer = lazy(() => import('./TestServer.tsx'));
const EditServer = lazy(() => import('./EditServer.tsx'));

/** If-Match: what was looked at is what is changed. */
export const ifUnchanged = (etag: string | null | undefined): Record<string, string> =>
    etag ? { 'If-Match': etag } : {};

const pathOf = (server: Server) => ({ path: { id: server.id ?? '' } });

export async function switchServer(server: Server, status: 'active' | 'disabled'): Promise<void> {
    await call(
        api.PATCH('/api/v1/gateway/servers/{id}', {
            params: pathOf(server),
            body: { status },
            headers: ifUnchanged(server.etag),
        }),
    );
    toast.good(status === 'active' ? t.tools.enabled(server.name ?? '') : t.tools.disabled(server.name ?? ''));
}

const disable = (server: Server) =>
    confirm({
        title: t.tools.disableAsk(server.name ?? ''),
        text: t.tools.disableText,
        yes: t.tools.disable,
        act: () => switchServer(server, 'disabled'),
    });

async function remove(server: Server): Promise<boolean> {
    const name = server.name ?? '';
    const done = await confirm({
        title: t.tools.deleteAsk(name),
        text: t.tools.deleteText,
        yes: t.tools.delete,
        danger: true,
        typed: name,
        act: () =>
            call(
                api.DELETE('/api/v1/gateway/servers/{id}', {
                    params: pathOf(server),
                    headers: ifUnchanged(server.etag),
                }),
            ),
    });
    if (done) toast.good(t.tools.deleted(name));
    return done !== null;
}

/** Test, edit, switch off, delete. `done` after each; `gone` instead after a deletion. `fixed`: files stand behind it. */
export function ServerMenu({
    server,
    fixed = false,
    done,
    gone,
    small = false,
}: {
    server: Server;
    fixed?: boolean;
    done: () => void;
    gone?: () => void;
    small?: boolean;
}) {
    const [open, setOpen] = useState<'test' | 'edit'>();
    const close = (): void => {
        setOpen(undefined);
        done();
    };
    const enable = (): void => void switchServer(server, 'active').then(done, toast.bad);
    const items: readonly (MenuItem | false)[] = [
        { key: 'test', label: t.tools.test.verb, icon: 'play', onSelect: () => setOpen('test') },
        {
            key: 'permissions',
            label: t.tools.whoMay,
            icon: 'permission',
            href: `/permissions?server=${encodeURIComponent(server.name ?? '')}`,
        },
        !fixed && { key: 'edit', label: t.tools.edit, icon: 'edit', onSelect: () => setOpen('edit') },
        !fixed &&
            (server.status === 'disabled'
                ? { key: 'enable', label: t.tools.enable, icon: 'play', onSelect: enable }
                : {
                      key: 'disable',
                      label: t.tools.disable,
                      icon: 'pause',
                      onSelect: () => void disable(server).then((yes) => yes && done()),
                  }),
        !fixed && {
            key: 'delete',
            label: t.tools.delete,
            icon: 'remove',
            danger: true,
            onSelect: () => void remove(server).then((yes) => yes && (gone ?? done)()),
        },
    ];
    if (!may('server:write')) return null;
    return (
        <>
            <Menu
                label={t.tools.actsOn(server.name ?? '')}
                items={items}
                kind={small ? 'link' : 'plain'}
                small={small}
            />
            {open === 'test' && <TestServer server={server} onClose={close} />}
            {open === 'edit' && <EditServer server={server} onClose={close} />}
        </>
    );
}
