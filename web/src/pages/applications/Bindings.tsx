// SPDX-License-Identifier: Apache-2.0
// Who may open an application: groups, people, service accounts.
import { api, call, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import {
    AccessDiff,
    Badge,
    Button,
    Card,
    Chooser,
    Field,
    Loaded,
    confirm,
    toast,
    type Choice,
} from '../../ui/index.ts';
import { findGroups, findServices, findUsers } from '../../ui/find.ts';

type Binding = Shape<'Binding'>;
type Kind = 'group' | 'user' | 'service';

const HOMES: Record<Kind, string> = { group: '/people/groups/', user: '/people/', service: '/people/services/' };
const KINDS_OF_ICONS: Partial<Record<string, Kind>> = { group: 'group', robot: 'service', portal: 'user' };
const asKind = (kind: string | null | undefined): Kind =>
    kind === 'group' ? kind : kind === 'service_account' ? 'service' : 'user';

async function find(text: string, signal: AbortSignal): Promise<Choice[]> {
    const found = await Promise.all([
        may('group:read') ? findGroups(text, signal) : [],
        text && may('user:read') ? findUsers(text, signal) : [],
        text && may('service-account:read') ? findServices(text, signal) : [],
    ]);
    return found.flat();
}

function bodyOf(one: Choice): Shape<'BindingIn'> {
    const kind = KINDS_OF_ICONS[one.icon ?? ''] ?? 'group';
    return { group: { group_id: one.id }, user: { user_id: one.id }, service: { service_account_id: one.id } }[kind];
}

export function Bindings({ app, readOnly }: { app: Shape<'Application'>; readOnly: boolean }) {
    const words = t.applications;
    const id = app.id ?? '';
    const asked = useData(
        `bindings ${id}`,
        (signal) =>
            call(
                api.GET('/api/v1/applications/{id}/bindings', {
                    params: { path: { id }, query: { limit: 500 } },
                    signal,
                }),
            ),
        { topics: ['applications', 'people'] },
    );
    const write = may('application:write') && !readOnly;
    const preview = (body: Shape<'BindingPreviewIn'>) => (signal: AbortSignal) =>
        call(api.POST('/api/v1/applications/{id}/bindings/preview', { params: { path: { id } }, body, signal }));
    const add = async (chosen: readonly Choice[]): Promise<void> => {
        const one = chosen[0];
        if (!one) return;
        const body = bodyOf(one);
        const said = await confirm({
            title: words.bindAsk(one.name, app.name ?? ''),
            text: <AccessDiff of={`bind ${id} ${one.id}`} ask={preview(body)} />,
            yes: words.bindYes,
            act: () => call(api.POST('/api/v1/applications/{id}/bindings', { params: { path: { id } }, body })),
        });
        if (said) toast.good(words.bound(one.name, app.name ?? ''));
        asked.reload();
    };
    const remove = async (binding: Binding): Promise<void> => {
        const said = await confirm({
            title: words.unbindAsk(binding.name ?? '', app.name ?? ''),
            text: (
                <>
                    <p>{words.unbindText}</p>
                    <AccessDiff of={`unbind ${binding.id}`} ask={preview({ binding_id: binding.id ?? '' })} />
                </>
            ),
            yes: words.unbind,
            danger: true,
            act: () =>
                call(
                    api.DELETE('/api/v1/applications/{id}/bindings/{binding_id}', {
                        params: { path: { id, binding_id: binding.id ?? '' } },
                    }),
                ),
        });
        if (said) asked.reload();
    };
    return (
        <Card title={words.bindings} icon="people" intro={words.bindingsIntro}>
            <Loaded of={asked}>
                {({ items = [] }) =>
                    items.length === 0 ? (
                        <p class="muted">{words.noBindings}</p>
                    ) : (
                        <ul class="app-list">
                            {items.map((binding) => (
                                <li key={binding.id}>
                                    <span>
                                        <a href={`${HOMES[asKind(binding.kind)]}${binding.target_id}`}>
                                            {binding.name}
                                        </a>{' '}
                                        <Badge>{words.kinds[asKind(binding.kind)]}</Badge>
                                    </span>
                                    {write && (
                                        <Button small onClick={() => void remove(binding)}>
                                            {words.unbind}
                                        </Button>
                                    )}
                                </li>
                            ))}
                        </ul>
                    )
                }
            </Loaded>
            {write && (
                <Field label={words.bind}>
                    <Chooser
                        label={words.bindFind}
                        chosen={[]}
                        onInput={(chosen) => void add(chosen)}
                        find={find}
                        single
                    />
                </Field>
            )}
        </Card>
    );
}
