// SPDX-License-Identifier: Apache-2.0
// All applications.
import { useMemo, useState } from 'preact/hooks';
import { api, call, type Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { useQuery } from '../../router.ts';
import { may } from '../../session.ts';
import {
    Badge,
    Button,
    DataTable,
    Empty,
    Filters,
    Id,
    Status,
    Time,
    useFilters,
    type Column,
    type FilterDef,
} from '../../ui/index.ts';
import { Head } from './Head.tsx';
import { NewApplication } from './NewApplication.tsx';

type Line = Shape<'ApplicationLine'>;

const DEFS: readonly FilterDef[] = [];
/** A client that this server named. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const kindOf = (kind: string | null | undefined): string =>
    kind === 'forward_auth' ? t.applications.kind.forward_auth : t.applications.kind.oidc;

function columns(): readonly Column<Line>[] {
    const head = t.applications.column;
    return [
        { key: 'name', head: head.name, width: 'minmax(11rem, 2fr)', cell: (app) => app.name },
        {
            key: 'status',
            head: head.status,
            width: '8.5rem',
            cell: (app) => (
                <Status tone={app.status === 'disabled' ? 'off' : 'good'}>
                    {app.status === 'disabled' ? t.applications.status.disabled : t.applications.status.active}
                </Status>
            ),
        },
        { key: 'kind', head: head.kind, width: 'minmax(9rem, 1fr)', cell: (app) => kindOf(app.kind) },
        {
            key: 'at',
            head: head.at,
            width: 'minmax(9rem, 1.4fr)',
            hideBelow: 760,
            card: true,
            cell: (app) =>
                UUID.test(app.client_id ?? '') && !app.host ? (
                    <Id id={app.client_id ?? ''} />
                ) : (
                    <code title={app.host ?? app.client_id ?? ''}>{app.host ?? app.client_id}</code>
                ),
        },
        {
            key: 'marks',
            head: head.marks,
            width: 'minmax(9rem, 1fr)',
            hideBelow: 1040,
            cell: (app) => (
                <>
                    {app.admin && <Badge tone="warn">{t.applications.admin}</Badge>}
                    {app.origin === 'file' && <Badge tone="info">{t.applications.byFiles}</Badge>}
                </>
            ),
        },
        {
            key: 'updated',
            head: head.updated,
            width: '9.5rem',
            hideBelow: 900,
            cell: (app) => <Time at={app.updated_at} />,
        },
    ];
}

export default function List() {
    const [query, setQuery] = useQuery();
    const [turn, setTurn] = useState(0);
    const filters = useFilters(DEFS);
    const shown = useMemo(columns, [t.applications]);
    const write = may('application:write');
    const add = write && (
        <Button kind="primary" icon="add" onClick={() => setQuery({ new: '1' })}>
            {t.applications.add}
        </Button>
    );
    return (
        <>
            <Head part="list" actions={add} />
            <Filters filters={filters} placeholder={t.applications.search} />
            <DataTable<Line>
                label={t.applications.title.list}
                columns={shown}
                rowKey={(app) => app.id ?? ''}
                rowName={(app) => app.name ?? ''}
                href={(app) => `/applications/${app.id}`}
                load={({ limit, cursor }, signal) =>
                    call(
                        api.GET('/api/v1/applications', {
                            params: { query: { limit, ...(cursor ? { cursor } : { count: true }), ...filters.values } },
                            signal,
                        }),
                    ).then(({ items = [], next_cursor = null, total }) => ({ items, next_cursor, total }))
                }
                identity={filters.identity}
                topics={['applications']}
                turn={turn}
                filtered={filters.active > 0}
                onClearFilters={filters.clear}
                count={t.applications.count}
                emptyIcon="application"
                empty={
                    <Empty icon="application" title={t.applications.empty.title} action={add}>
                        {t.applications.empty.text}
                    </Empty>
                }
            />
            {write && query['new'] && (
                <NewApplication onClose={() => setQuery({ new: undefined })} done={() => setTurn((n) => n + 1)} />
            )}
        </>
    );
}
