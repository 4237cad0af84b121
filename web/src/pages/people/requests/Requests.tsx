// SPDX-License-Identifier: Apache-2.0
// Who asks for which application.
import { useMemo, useState } from 'preact/hooks';
import { api, call, type Shape } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { t } from '../../../i18n/index.ts';
import { may } from '../../../session.ts';
import {
    Button,
    DataTable,
    Dialog,
    Empty,
    ErrorBox,
    Field,
    Filters,
    KeyValue,
    Loaded,
    Note,
    Select,
    Status,
    TextInput,
    Time,
    toast,
    useFilters,
    useForm,
    type Column,
    type FilterDef,
    type Tone,
} from '../../../ui/index.ts';
import { PeopleHead } from '../PeopleHead.tsx';
import { ToolRequests } from './ToolRequests.tsx';

type Request = Shape<'AccessRequest'>;
type State = 'open' | 'approved' | 'refused';

const TONES: Record<State, Tone> = { open: 'wait', approved: 'good', refused: 'bad' };
const asState = (text: string | null | undefined): State => (text === 'approved' || text === 'refused' ? text : 'open');

function columns(): readonly Column<Request>[] {
    const head = t.requests.column;
    return [
        { key: 'who', head: head.who, width: 'minmax(9rem, 1.2fr)', cell: (one) => one.username },
        { key: 'application', head: head.application, width: 'minmax(9rem, 1.2fr)', cell: (one) => one.application },
        {
            key: 'status',
            head: head.status,
            width: '8.5rem',
            cell: (one) => <Status tone={TONES[asState(one.status)]}>{t.requests.state[asState(one.status)]}</Status>,
        },
        {
            key: 'reason',
            head: head.reason,
            width: 'minmax(10rem, 2fr)',
            hideBelow: 760,
            card: true,
            cell: (one) => one.reason || '–',
        },
        { key: 'created', head: head.created, width: '9.5rem', cell: (one) => <Time at={one.created_at} /> },
    ];
}

function Decide({ request, onClose, done }: { request: Request; onClose: () => void; done: () => void }) {
    const words = t.requests;
    const app = request.application_id ?? '';
    const [refusing, setRefusing] = useState(false);
    const groups = useData(`opens ${app}`, async (signal) => {
        const { items = [] } = await call(
            api.GET('/api/v1/applications/{id}/bindings', {
                params: { path: { id: app }, query: { limit: 100 } },
                signal,
            }),
        );
        return items.filter((binding) => binding.kind === 'group').map((binding) => binding.name ?? '');
    });
    const params = { path: { id: request.id ?? '' } };
    const form = useForm({
        initial: { group: '', reason: '', refuse: false },
        careless: true,
        submit: (v) => {
            const reason = v.reason ? { reason: v.reason } : {};
            if (v.refuse) return call(api.POST('/api/v1/access-requests/{id}/refuse', { params, body: reason }));
            const group = v.group || groups.data?.[0];
            return call(
                api.POST('/api/v1/access-requests/{id}/approve', {
                    params,
                    body: { ...reason, ...(group && { group }) },
                }),
            );
        },
        done: (decided) => {
            toast.good(words.decided[asState(decided.status)]);
            done();
            onClose();
        },
    });
    const decide = (refuse: boolean): void => {
        setRefusing(refuse);
        form.set({ refuse });
        void form.submit();
    };
    const open = asState(request.status) === 'open' && may('group:write');
    const none = groups.data?.length === 0;
    return (
        <Dialog
            title={words.title(request.username ?? '', request.application ?? '')}
            onClose={onClose}
            actions={
                open ? (
                    <>
                        <Button kind="danger" busy={form.busy && refusing} onClick={() => decide(true)}>
                            {words.refuse}
                        </Button>
                        <Button
                            kind="primary"
                            disabled={none}
                            busy={form.busy && !refusing}
                            onClick={() => decide(false)}
                        >
                            {words.approve}
                        </Button>
                    </>
                ) : (
                    <Button kind="primary" onClick={onClose}>
                        {t.people.closed}
                    </Button>
                )
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <KeyValue
                wide
                pairs={[
                    [words.column.who, <a href={`/people/${request.user_id}`}>{request.username}</a>],
                    [words.column.reason, request.reason ?? null],
                    [words.column.created, <Time at={request.created_at} full />],
                    [words.group, request.group || undefined],
                    [words.answer, request.decided_reason || undefined],
                ]}
            />
            {open && (
                <>
                    <Loaded of={groups}>
                        {(names) =>
                            names.length === 0 ? (
                                <Note tone="warn">{words.noGroup}</Note>
                            ) : (
                                <Field label={words.into} hint={words.intoHint}>
                                    <Select
                                        {...form.bind('group')}
                                        value={form.values.group || names[0] || ''}
                                        options={names.map((name) => ({ value: name, label: name }))}
                                    />
                                </Field>
                            )
                        }
                    </Loaded>
                    <Field label={words.answer} hint={words.answerHint}>
                        <TextInput {...form.bind('reason')} maxLength={512} />
                    </Field>
                </>
            )}
        </Dialog>
    );
}

export default function Requests() {
    const words = t.requests;
    const [turn, setTurn] = useState(0);
    const [shown, setShown] = useState<Request>();
    const defs = useMemo(
        (): FilterDef[] => [
            {
                key: 'status',
                label: words.column.status,
                options: (['open', 'approved', 'refused'] as const).map((value) => ({
                    value,
                    label: words.state[value],
                })),
            },
        ],
        [words],
    );
    const filters = useFilters(defs, '');
    const head = useMemo(columns, [words]);
    const status = filters.values['status'];
    return (
        <>
            <PeopleHead part="requests" />
            <ToolRequests />
            <Filters filters={filters} />
            <DataTable<Request>
                label={t.people.title.requests}
                columns={head}
                rowKey={(one) => one.id ?? ''}
                rowName={(one) => one.username ?? ''}
                onOpen={setShown}
                load={({ limit, cursor }, signal) =>
                    call(
                        api.GET('/api/v1/access-requests', {
                            params: {
                                query: { limit, ...(cursor && { cursor }), ...(status && { status: asState(status) }) },
                            },
                            signal,
                        }),
                    ).then(({ items = [], next_cursor = null }) => ({ items, next_cursor }))
                }
                identity={filters.identity}
                topics={['people']}
                turn={turn}
                filtered={filters.active > 0}
                onClearFilters={filters.clear}
                count={words.count}
                emptyIcon="approval"
                empty={
                    <Empty icon="approval" title={words.empty.title}>
                        {words.empty.text}
                    </Empty>
                }
            />
            {shown && <Decide request={shown} onClose={() => setShown(undefined)} done={() => setTurn((n) => n + 1)} />}
        </>
    );
}
