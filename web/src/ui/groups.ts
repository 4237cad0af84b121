// SPDX-License-Identifier: Apache-2.0
import { api, call, type Shape } from '../api/client.ts';
import { useData } from '../api/data.ts';
import { may } from '../session.ts';

/** So many groups make a choice; where there are more, or none may be read, a name is typed. */
const GROUPS_MAX = 200;

/** All groups, for a choice of one; undefined: not yet, too many, or not for this person. */
export function useGroups(): readonly Shape<'Group'>[] | undefined {
    const asked = useData(may('group:read') ? 'groups' : undefined, (signal) =>
        call(api.GET('/api/v1/groups', { params: { query: { limit: GROUPS_MAX } }, signal })),
    );
    return asked.data && !asked.data.next_cursor ? asked.data.items : undefined;
}
