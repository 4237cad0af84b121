// SPDX-License-Identifier: Apache-2.0
import { counted } from '../format.ts';

export default {
    count: (n: number) => counted(n, 'request', 'requests'),
    column: { who: 'Who', application: 'Application', status: 'State', reason: 'Because', created: 'Asked' },
    state: { open: 'Open', approved: 'Approved', refused: 'Refused' },
    title: (who: string, app: string) => `${who} asks for ${app}`,
    approve: 'Approve',
    refuse: 'Refuse',
    decided: { open: 'Still open.', approved: 'Approved: the person is in the group.', refused: 'Refused. The person sees the answer.' },
    group: 'Entered the group',
    into: 'Into the group',
    intoHint: 'The groups that open this application.',
    noGroup: 'No group opens this application. Bind one to it first, then approve.',
    answer: 'Answer',
    answerHint: 'The person sees it.',
    empty: { title: 'Nobody asks', text: 'When somebody asks in the portal for an application, it stands here.' },
};
