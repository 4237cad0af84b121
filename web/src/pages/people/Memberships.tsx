// SPDX-License-Identifier: Apache-2.0
// The groups of one account: put in, take out, each at once.
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { AccessDiff, Button, Card, Chooser, Field, Icon, confirm, toast, type Choice } from '../../ui/index.ts';
import { findGroups } from '../../ui/find.ts';
import { groupByName, previewMember, putIn, takeOut, type Kind } from './acts.ts';

interface Props {
    kind: Kind;
    id: string;
    name: string;
    groups: readonly string[];
    done: () => void;
}

export function Memberships({ kind, id, name, groups, done }: Props) {
    const write = may('group:write');
    const add = async (chosen: readonly Choice[]): Promise<void> => {
        const group = chosen[0];
        if (!group) return;
        const said = await confirm({
            title: t.people.inAsk(name, group.name),
            text: <AccessDiff of={`in ${group.id} ${id}`} ask={previewMember(group.id, kind, id, false)} />,
            yes: t.people.inYes,
            act: () => putIn(group.id, kind, id),
        });
        if (said) toast.good(t.people.inGroup(group.name));
        done();
    };
    const remove = async (group: string): Promise<void> => {
        const act = async () => {
            const groupId = await groupByName(group);
            if (groupId) await takeOut(groupId, id);
        };
        const said = await confirm({
            title: t.people.outAsk(name, group),
            text: (
                <>
                    <p>{t.people.outText}</p>
                    <AccessDiff
                        of={`out ${group} ${id}`}
                        ask={async (signal) =>
                            previewMember((await groupByName(group, signal)) ?? '', kind, id, true)(signal)
                        }
                    />
                </>
            ),
            yes: t.people.out,
            danger: true,
            act,
        });
        if (!said) return;
        toast.good(t.people.outOfGroup(group));
        done();
    };
    const find = async (text: string, signal: AbortSignal) =>
        (await findGroups(text, signal)).filter((group) => !groups.includes(group.name));
    return (
        <Card title={t.people.column.groups} icon="group" flush>
            {groups.length === 0 && <p class="inset muted">{t.people.none}</p>}
            <ul class="plain-list">
                {groups.map((group) => (
                    <li key={group}>
                        <span>
                            <Icon name="group" size={16} />{' '}
                            {may('group:read') ? (
                                <a href={`/people/groups?search=${encodeURIComponent(group)}`}>{group}</a>
                            ) : (
                                group
                            )}
                        </span>
                        {write && (
                            <Button small onClick={() => void remove(group)} aria-label={t.people.outOf(group)}>
                                {t.people.out}
                            </Button>
                        )}
                    </li>
                ))}
            </ul>
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
