// SPDX-License-Identifier: Apache-2.0
// What is done with an account: asked about by its name, and said when it is done. Each answers whether it was.
import { api, call, type Shape } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import { confirm, toast, type Question } from '../../../ui/index.ts';

type User = Shape<'User'>;

async function asked(question: Question, said: string): Promise<boolean> {
    if (!(await confirm(question))) return false;
    toast.good(said);
    return true;
}

const at = (user: User) => ({ params: { path: { id: user.id ?? '' } } });
const nameOf = (user: User): string => user.display_name || user.username || '';

export function setStatus(user: User, status: 'active' | 'disabled'): Promise<boolean> {
    const name = nameOf(user);
    const act = () => call(api.PATCH('/api/v1/users/{id}', { ...at(user), body: { status } }));
    if (status === 'active')
        return act().then(() => {
            toast.good(t.people.enabled(name));
            return true;
        });
    return asked(
        { title: t.people.disableAsk(name), text: t.people.disableText, yes: t.people.disable, danger: true, act },
        t.people.disabled(name),
    );
}

export const remove = (user: User): Promise<boolean> =>
    asked(
        {
            title: t.people.deleteAsk(nameOf(user)),
            text: t.people.deleteText,
            yes: t.people.delete,
            danger: true,
            typed: user.username ?? '',
            act: () => call(api.DELETE('/api/v1/users/{id}', at(user))),
        },
        t.people.deleted(nameOf(user)),
    );

export const endSessions = (user: User): Promise<boolean> =>
    asked(
        {
            title: t.people.sessionsAsk(nameOf(user)),
            text: t.people.sessionsText,
            yes: t.people.sessionsEnd,
            danger: true,
            act: () => call(api.DELETE('/api/v1/users/{id}/sessions', at(user))),
        },
        t.people.sessionsEnded,
    );

export const removeFactors = (user: User): Promise<boolean> =>
    asked(
        {
            title: t.people.factorsAsk(nameOf(user)),
            text: t.people.factorsText,
            yes: t.people.factors,
            danger: true,
            typed: user.username ?? '',
            act: () => call(api.DELETE('/api/v1/users/{id}/factors', at(user))),
        },
        t.people.factorsDone,
    );

export const reject = (user: User): Promise<boolean> =>
    asked(
        {
            title: t.people.rejectAsk(nameOf(user)),
            text: t.people.rejectText,
            yes: t.people.reject,
            danger: true,
            reason: 'optional',
            act: (reason) =>
                call(api.POST('/api/v1/users/{id}/reject', { ...at(user), body: reason ? { reason } : {} })),
        },
        t.people.rejected(nameOf(user)),
    );

export const recoveryLink = (user: User): Promise<Shape<'RecoveryLink'>> =>
    call(api.POST('/api/v1/users/{id}/recovery', at(user)));
