// SPDX-License-Identifier: Apache-2.0
// Who is in a group: people, programs and devices; put in, taken out.
import { useState } from 'preact/hooks';
import { api, call, type Shape } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import { may } from '../../../session.ts';
import {
    AccessDiff,
    Button,
    Card,
    Chooser,
    DataTable,
    Field,
    Icon,
    confirm,
    toast,
    type Choice,
    type Column,
    type IconName,
} from '../../../ui/index.ts';
import { fewOfEach, findDevices, findServices, findUsers } from '../../../ui/find.ts';
import { previewMember, putIn, takeOut, type Kind } from '../acts.ts';

type Member = Shape<'Member'>;

const HOMES = { user: '/people/', service: '/people/services/', device: '/fleet/' } as const;
const ICONS = { user: 'portal', service: 'robot', device: 'device' } as const satisfies Record<Kind, IconName>;
const asKind = (kind: string | null | undefined): Kind => (kind === 'service' || kind === 'device' ? kind : 'user');
const hrefOf = (member: Member): string => `${HOMES[asKind(member.kind)]}${member.id}`;

const KINDS: Partial<Record<string, Kind>> = { robot: 'service', device: 'device' };

/** People first, then programs and devices: a few of each, by how their names begin. */
async function findMembers(text: string, signal: AbortSignal): Promise<Choice[]> {
    const found = await Promise.all([
        may('user:read') ? findUsers(text, signal) : [],
        may('service-account:read') ? findServices(text, signal) : [],
        may('device:read') ? findDevices(text, signal) : [],
    ]);
    return fewOfEach(found);
}

export function Members({ group }: { group: Shape<'Group'> }) {
    const [turn, setTurn] = useState(0);
    const write = may('group:write');
    const id = group.id ?? '';
    const again = () => setTurn((n) => n + 1);
    const add = async (chosen: readonly Choice[]): Promise<void> => {
        const one = chosen[0];
        if (!one) return;
        const kind = KINDS[one.icon ?? ''] ?? 'user';
        const said = await confirm({
            title: t.people.inAsk(one.name, group.name ?? ''),
            text: <AccessDiff of={`in ${id} ${one.id}`} ask={previewMember(id, kind, one.id, false)} />,
            yes: t.people.inYes,
            act: () => putIn(id, kind, one.id),
        });
        if (said) toast.good(t.groups.joined(one.name));
        again();
    };
    const remove = async (member: Member): Promise<void> => {
        const name = member.name ?? '';
        const said = await confirm({
            title: t.people.outAsk(name, group.name ?? ''),
            text: (
                <>
                    <p>{t.people.outText}</p>
                    <AccessDiff
                        of={`out ${id} ${member.id}`}
                        ask={previewMember(id, asKind(member.kind), member.id ?? '', true)}
                    />
                </>
            ),
            yes: t.people.out,
            danger: true,
            act: () => takeOut(id, member.id ?? ''),
        });
        if (said) again();
    };
    const columns: Column<Member>[] = [
        {
            key: 'name',
            head: t.people.column.name,
            width: 'minmax(9rem, 2fr)',
            cell: (member) => (
                <span class="member">
                    <Icon name={ICONS[asKind(member.kind)]} size={16} label={t.groups.kinds[asKind(member.kind)]} />
                    <span class="cut">{member.name}</span>
                </span>
            ),
        },
        {
            key: 'kind',
            head: t.groups.kind,
            width: '9.5rem',
            hideBelow: 620,
            card: false,
            cell: (member) => t.groups.kinds[asKind(member.kind)],
        },
        ...(write
            ? [
                  {
                      key: 'act',
                      head: t.groups.acts,
                      width: '8rem',
                      align: 'end' as const,
                      cell: (member: Member) => (
                          <Button
                              small
                              onClick={(event) => {
                                  event.stopPropagation();
                                  void remove(member);
                              }}
                          >
                              {t.people.out}
                          </Button>
                      ),
                  },
              ]
            : []),
    ];
    return (
        <Card title={t.groups.members} icon="people">
            {write && (
                <Field label={t.groups.addMember}>
                    <Chooser
                        label={t.groups.findMember}
                        chosen={[]}
                        onInput={(chosen) => void add(chosen)}
                        find={findMembers}
                        single
                    />
                </Field>
            )}
            <DataTable<Member>
                label={t.groups.members}
                columns={columns}
                rowKey={(member) => member.id ?? ''}
                rowName={(member) => member.name ?? ''}
                href={hrefOf}
                turn={turn}
                topics={['people', 'devices']}
                load={({ limit, cursor }, signal) =>
                    call(
                        api.GET('/api/v1/groups/{id}/members', {
                            params: { path: { id }, query: { limit, ...(cursor && { cursor }) } },
                            signal,
                        }),
                    ).then(({ items = [], next_cursor = null }) => ({ items, next_cursor }))
                }
                count={t.groups.membersCount}
                empty={<p class="muted">{t.groups.nobody}</p>}
            />
        </Card>
    );
}
