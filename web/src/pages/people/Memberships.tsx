// SPDX-License-Identifier: Apache-2.0
// The groups of one account: put in, take out, each at once.
import { api, call } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { AccessDiff, Button, Card, Chooser, Field, Icon, Loaded, confirm, toast, type Choice } from '../../ui/index.ts';
import { findGroups } from '../../ui/find.ts';
import { previewMember, putIn, takeOut, type Kind } from './acts.ts';

/** A page of the list: nobody is in more. */
const GROUPS_MAX = 500;

interface Props {
    kind: Kind;
    id: string;
    name: string;
    /** Somebody else says in which it is. */
    fixed?: boolean;
    done: () => void;
}

export function Memberships({ kind, id, name, fixed, done }: Props) {
    const write = may('group:write') && !fixed;
    const asked = useData(
        `groups of ${id}`,
        async (signal): Promise<Choice[]> => {
            const query = { member_id: id, limit: GROUPS_MAX };
            const { items = [] } = await call(api.GET('/api/v1/groups', { params: { query }, signal }));
            return items
                .map((group) => ({ id: group.id ?? '', name: group.name ?? '' }))
                .sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
        },
        { topics: ['people'] },
    );
    const then = (text: string): void => {
        toast.good(text);
        asked.reload();
        done();
    };
    const add = async ([group]: readonly Choice[]): Promise<void> => {
        if (!group) return;
        const said = await confirm({
            title: t.people.inAsk(name, group.name),
            text: <AccessDiff of={`in ${group.id} ${id}`} ask={previewMember(group.id, kind, id, false)} />,
            yes: t.people.inYes,
            act: () => putIn(group.id, kind, id),
        });
        if (said) then(t.people.inGroup(group.name));
    };
    const remove = async (group: Choice): Promise<void> => {
        const said = await confirm({
            title: t.people.outAsk(name, group.name),
            text: (
                <>
                    <p>{t.people.outText}</p>
                    <AccessDiff of={`out ${group.id} ${id}`} ask={previewMember(group.id, kind, id, true)} />
                </>
            ),
            yes: t.people.out,
            danger: true,
            act: () => takeOut(group.id, id),
        });
        if (said) then(t.people.outOfGroup(group.name));
    };
    const find = async (text: string, signal: AbortSignal) =>
        (await findGroups(text, signal)).filter((group) => !asked.data?.some((has) => has.id === group.id));
    return (
        <Card title={t.people.column.groups} icon="group" flush>
            <Loaded of={asked}>
                {(groups) =>
                    groups.length === 0 ? (
                        <p class="inset muted">{t.people.none}</p>
                    ) : (
                        <ul class="plain-list">
                            {groups.map((group) => (
                                <li key={group.id}>
                                    <span class="member">
                                        <Icon name="group" size={16} />
                                        <a href={`/people/groups/${group.id}`}>{group.name}</a>
                                    </span>
                                    {write && (
                                        <Button
                                            small
                                            onClick={() => void remove(group)}
                                            aria-label={t.people.outOf(group.name)}
                                        >
                                            {t.people.out}
                                        </Button>
                                    )}
                                </li>
                            ))}
                        </ul>
                    )
                }
            </Loaded>
            {write && (
                <div class="inset">
                    <Field label={t.people.groupAdd}>
                        <Chooser
                            label={t.people.groupFind}
                            chosen={[]}
                            onInput={(chosen) => void add(chosen)}
                            find={find}
                            single
                        />
                    </Field>
                </div>
            )}
        </Card>
    );
}
