// SPDX-License-Identifier: Apache-2.0
// Tool servers, one server (/tools/SERVER), one tool (/tools/SERVER/TOOL), and the calls that wait for a person's yes.
import { t } from '../../i18n/index.ts';
import type { PageProps } from '../../pages.ts';
import { useQuery } from '../../router.ts';
import { may } from '../../session.ts';
import { Button, lazy, PageHead, Tabs } from '../../ui/index.ts';
import { useWaiting } from './approvals.ts';
import { Servers } from './Servers.tsx';

const ServerPage = lazy(() => import('./ServerPage.tsx'));
const ToolPage = lazy(() => import('./ToolPage.tsx'));
const Approvals = lazy(() => import('./Approvals.tsx'));
const AddServer = lazy(() => import('./AddServer.tsx'));
const ImportServers = lazy(() => import('./ImportServers.tsx'));

export default function Tools({ rest }: PageProps) {
    const [server, tool] = rest;
    if (server !== undefined && tool !== undefined)
        return <ToolPage key={`${server} ${tool}`} server={server} tool={tool} />;
    if (server !== undefined) return <ServerPage key={server} name={server} />;
    return <List />;
}

function List() {
    const [query, setQuery] = useQuery();
    const waiting = useWaiting();
    const close = (): void => setQuery({ new: undefined, import: undefined });
    return (
        <>
            <PageHead
                title={t.shell.pages.tools}
                intro={t.tools.intro}
                actions={
                    may('server:write') && (
                        <>
                            <Button icon="upload" onClick={() => setQuery({ import: '1' })}>
                                {t.tools.import.verb}
                            </Button>
                            <Button kind="primary" icon="add" onClick={() => setQuery({ new: '1' })}>
                                {t.tools.add}
                            </Button>
                        </>
                    )
                }
            />
            <Tabs
                label={t.shell.pages.tools}
                items={[
                    may('server:read') && { key: 'servers', label: t.tools.servers, content: () => <Servers /> },
                    may('approval:read') && {
                        key: 'approvals',
                        label: t.tools.approvals.tab,
                        count: waiting.data?.length || undefined,
                        content: () => <Approvals />,
                    },
                ]}
            />
            {query['new'] && may('server:write') && <AddServer onClose={close} />}
            {query['import'] && may('server:write') && <ImportServers onClose={close} />}
        </>
    );
}
