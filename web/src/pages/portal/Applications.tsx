// SPDX-License-Identifier: Apache-2.0
// What one may open, and what one has asked for.
import { api, call, onceKey, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { useQuery } from '../../router.ts';
import {
    Badge,
    Button,
    Card,
    Dialog,
    Empty,
    ErrorBox,
    Field,
    Icon,
    Loaded,
    PageHead,
    Status,
    TextArea,
    Time,
    toast,
    useForm,
    type Tone,
} from '../../ui/index.ts';
import './portal.css';

type Application = Shape<'PortalApplication'>;
type Request = Shape<'AccessRequest'>;

export default function Applications() {
    const words = t.portal.applications;
    const [query, setQuery] = useQuery();
    const open = useData('portal/applications', (signal) => call(api.GET('/api/v1/portal/applications', { signal })), {
        topics: ['applications', 'permissions'],
    });
    const asked = useData(
        'portal/access-requests',
        (signal) => call(api.GET('/api/v1/portal/access-requests', { signal })),
        { topics: ['people', 'applications'] },
    );
    const requests = asked.data?.items ?? [];
    return (
        <>
            <PageHead
                title={t.shell.pages.portal}
                intro={words.intro}
                actions={
                    <Button icon="info" href="/access">
                        {words.how}
                    </Button>
                }
            />
            <Loaded of={open}>
                {({ items = [] }) =>
                    items.length === 0 ? (
                        <Empty
                            icon="application"
                            title={words.none}
                            action={
                                <Button kind="primary" href="/access">
                                    {words.how}
                                </Button>
                            }
                        >
                            {words.noneText}
                        </Empty>
                    ) : (
                        <ul class="app-grid">
                            {items.map((app) => (
                                <li key={app.id}>
                                    <Tile app={app} />
                                </li>
                            ))}
                        </ul>
                    )
                }
            </Loaded>
            {requests.length > 0 && (
                <Card title={words.asked}>
                    <ul class="portal-list">
                        {requests.map((one) => (
                            <Asked key={one.id} one={one} />
                        ))}
                    </ul>
                </Card>
            )}
            {query['ask'] && <Ask id={query['ask']} close={() => setQuery({ ask: undefined })} sent={asked.reload} />}
        </>
    );
}

function Tile({ app }: { app: Application }) {
    const words = t.portal.applications;
    const name = app.name ?? '';
    const inner = (
        <>
            <span class="app-mark" aria-hidden="true">
                {[...name][0]?.toUpperCase()}
            </span>
            <span class="app-text">
                <strong>{name}</strong>
                <small>{app.description || (app.launch_url ? new URL(app.launch_url).host : words.noLink)}</small>
            </span>
            {app.admin && <Badge>{words.admin}</Badge>}
            {app.launch_url && <Icon name="external" size={16} />}
        </>
    );
    return app.launch_url ? (
        <a class="app-tile" href={app.launch_url} target="_blank" rel="noopener noreferrer">
            {inner}
        </a>
    ) : (
        <div class="app-tile">{inner}</div>
    );
}

const TONES: Record<string, Tone> = { open: 'wait', approved: 'good', refused: 'bad' };

function Asked({ one }: { one: Request }) {
    const status = one.status as keyof typeof t.portal.applications.status;
    return (
        <li>
            <strong>{one.application}</strong>
            <Status tone={TONES[status] ?? 'off'}>{t.portal.applications.status[status]}</Status>
            <span class="muted">
                <Time at={one.decided_at ?? one.created_at} />
            </span>
            {one.decided_reason && <span class="muted">{one.decided_reason}</span>}
        </li>
    );
}

/** Asks for the application that a link names (?ask=ID): who may not open it does not know its name. */
function Ask({ id, close, sent }: { id: string; close(): void; sent(): void }) {
    const words = t.portal.applications;
    const form = useForm({
        initial: { reason: '' },
        careless: true,
        submit: ({ reason }) =>
            call(
                api.POST('/api/v1/portal/access-requests', {
                    body: { application_id: id, reason },
                    headers: { 'Idempotency-Key': onceKey() },
                }),
            ),
        done: () => {
            toast.good(words.sent);
            sent();
            close();
        },
    });
    return (
        <Dialog
            title={words.ask(words.unnamed)}
            onClose={close}
            onSubmit={() => void form.submit()}
            actions={
                <Button kind="primary" type="submit" busy={form.busy}>
                    {words.send}
                </Button>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <p>{words.askText}</p>
            <Field label={words.reason} error={form.error('reason')}>
                <TextArea rows={3} {...form.bind('reason')} />
            </Field>
        </Dialog>
    );
}
