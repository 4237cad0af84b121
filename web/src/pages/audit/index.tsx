// SPDX-License-Identifier: Apache-2.0
// The record: every act and every refusal, with who, when and from where.
import { useMemo, useState } from 'preact/hooks';
import { api, call, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { useQuery } from '../../router.ts';
import { may } from '../../session.ts';
import {
    Button,
    DataTable,
    Drawer,
    Empty,
    Filters,
    lazy,
    Loaded,
    PageHead,
    TailSwitch,
    useFilters,
    type FilterDef,
} from '../../ui/index.ts';
import { isUuid } from '../../ui/filters.ts';
import { actionName, actionOptions } from './actions.ts';
import { columnsNow, type AuditEvent } from './columns.tsx';
import { Event } from './Event.tsx';
import { Exports } from './Exports.tsx';
import { queryOf, type AuditQuery } from './query.ts';
import './audit.css';

const Verify = lazy(() => import('./Verify.tsx'));
const Tail = lazy(() => import('./Tail.tsx'));

const PATH = '/api/v1/admin/security/audit';
const ORGANISATIONS = 200;

/** Of what a page of somebody leads here with: his id, shown as his name. */
const partyDef = (key: string, label: string, value: string, name: string | undefined): FilterDef => ({
    key,
    label,
    options: [{ value, label: name ?? value }],
});

/** What the record calls who acted, or what was acted on, where the filter has an id. */
function useName(key: 'actor' | 'target', id: string | undefined): FilterDef | undefined {
    const asked = useData(isUuid(id) ? `audit/${key} ${id}` : undefined, (signal) =>
        call(api.GET(PATH, { params: { query: { [key]: id, limit: 1 } }, signal })),
    );
    const name = asked.data?.items[0]?.[key]?.name ?? undefined;
    const label = t.audit.column[key === 'actor' ? 'who' : 'target'];
    return useMemo(() => (isUuid(id) ? partyDef(key, label, id, name) : undefined), [key, label, id, name]);
}

function defsOf(
    organisations: readonly Shape<'Organisation'>[],
    actor: FilterDef | undefined,
    target: FilterDef | undefined,
): readonly FilterDef[] {
    const words = t.audit.filter;
    const tenants = organisations.map((one) => ({ value: one.slug ?? '', label: one.name || one.slug || '' }));
    return [
        ...(actor ? [actor] : []),
        { key: 'action', label: words.action, options: actionOptions() },
        {
            key: 'result',
            label: words.result,
            options: [
                { value: 'ok', label: t.audit.result.ok },
                { value: 'refused', label: t.audit.result.refused },
            ],
        },
        target ?? { key: 'target', label: words.target, kind: 'text' },
        { key: 'from', label: words.from, kind: 'date' },
        { key: 'to', label: words.to, kind: 'date' },
        ...(tenants.length > 0
            ? [{ key: 'org', label: words.org, options: [...tenants, { value: 'system', label: words.system }] }]
            : []),
    ];
}

const keyOf = (one: AuditEvent): string => `${one.chain} ${one.seq}`;

function useOrganisations(): readonly Shape<'Organisation'>[] {
    const asked = useData(may('system:admin') ? 'audit/organisations' : undefined, (signal) =>
        call(api.GET('/api/v1/organisations', { params: { query: { limit: ORGANISATIONS } }, signal })),
    );
    return asked.data?.items ?? NONE;
}
const NONE: readonly Shape<'Organisation'>[] = [];

/** So many of what the filters leave are looked through for an event that the URL names. */
const LOOKED_AT = 500;

/** The event that the URL names: the row that was opened, or, of a link that somebody was sent, what the server has. */
function One({
    seq,
    asked,
    opened,
    close,
}: {
    seq: number;
    asked: AuditQuery;
    opened: AuditEvent | undefined;
    close(): void;
}) {
    const found = useData(opened ? undefined : `audit/${JSON.stringify(asked)} ${seq}`, async (signal) => {
        const { items } = await call(api.GET(PATH, { params: { query: { ...asked, limit: LOOKED_AT } }, signal }));
        return items.find((one) => one.seq === seq) ?? null;
    });
    const event = opened ?? found.data;
    return (
        <Drawer title={event ? actionName(event.action) : t.audit.one} onClose={close} wide>
            {opened ? <Event event={opened} /> : <Loaded of={found}>{(one) => <Event event={one} />}</Loaded>}
        </Drawer>
    );
}

export default function Audit() {
    const words = t.audit;
    const [query, setQuery] = useQuery();
    const organisations = useOrganisations();
    const actor = useName('actor', query['actor']);
    const target = useName('target', query['target']);
    const defs = useMemo(() => defsOf(organisations, actor, target), [organisations, actor, target, words]);
    const filters = useFilters(defs, actor ? '' : 'actor');
    const asked = useMemo(() => queryOf(filters.values), [filters.identity]);
    const columns = useMemo(columnsNow, [words]);
    const seq = Number(query['seq']);
    const [opened, setOpened] = useState<AuditEvent>();
    const open = (one: AuditEvent): void => {
        setOpened(one);
        setQuery({ seq: String(one.seq) }, 'push'); // the back button closes it
    };
    const files = may('audit:export') && <Exports path={PATH} query={asked} name="audit" />;
    const live = query['live'] === '1';
    return (
        <>
            <PageHead
                title={t.shell.pages.audit}
                intro={words.intro}
                actions={
                    <>
                        <TailSwitch live={live} onInput={(on) => setQuery({ live: on ? '1' : undefined })} />
                        <Button icon="check" onClick={() => setQuery({ verify: '1' })}>
                            {words.verify.button}
                        </Button>
                    </>
                }
            />
            {query['verify'] && <Verify org={asked.org} close={() => setQuery({ verify: undefined })} />}
            <Filters filters={filters} placeholder={words.filter.actor} />
            {live ? (
                <Tail query={asked} />
            ) : (
                <DataTable<AuditEvent>
                    label={words.label}
                    columns={columns}
                    rowKey={keyOf}
                    rowName={(one) => actionName(one.action)}
                    paging="cursor"
                    identity={filters.identity}
                    load={({ limit, cursor }, signal) =>
                        call(
                            api.GET(PATH, {
                                params: { query: { limit, ...(cursor && { cursor }), ...asked } },
                                signal,
                            }),
                        )
                    }
                    onOpen={open}
                    topics={['audit']}
                    filtered={filters.active > 0}
                    onClearFilters={filters.clear}
                    emptyIcon="audit"
                    tools={files}
                    empty={
                        <Empty icon="audit" title={words.none}>
                            {words.noneText}
                        </Empty>
                    }
                />
            )}
            {seq > 0 && (
                <One
                    seq={seq}
                    asked={asked}
                    opened={opened?.seq === seq ? opened : undefined}
                    close={() => setQuery({ seq: undefined })}
                />
            )}
        </>
    );
}
