// SPDX-License-Identifier: Apache-2.0
import { counted } from '../format.ts';

export default {
    count: (n: number) => counted(n, 'request', 'requests'),
    column: { who: 'Who', application: 'Application', status: 'State', reason: 'Because', created: 'Asked' },
    state: { open: 'Open', approved: 'Approved', refused: 'Refused' },
    title: (who: string, app: string) => `${who} asks for ${app}`,
    approve: 'Approve',
    refuse: 'Refuse',
    decided: {
        open: 'Still open.',
        approved: 'Approved: the person is in the group.',
        refused: 'Refused. The person sees the answer.',
    },
    group: 'Entered the group',
    into: 'Into the group',
    intoHint: 'The groups that open this application.',
    noGroup: 'No group opens this application. Bind one to it first, then approve.',
    tools: {
        title: 'Tools that people ask for',
        intro: 'Approved, the person gets a permission for this one tool, at once.',
        asksFor: 'asks for',
        klass: { READ: 'Reads', WRITE: 'Changes something', EXECUTE: 'Runs something' },
        gone: 'Its server has it no more',
        approveAsking: 'Approve, with a yes for each call',
        approved: (who: string, tool: string) => `${who} may call ${tool} now.`,
        more: (tool: string) => `Other answers about ${tool}`,
        refuseAsk: (who: string, tool: string) => `Refuse ${tool} to ${who}?`,
        refuseText: 'The person is told, with the reason.',
    },
    answer: 'Answer',
    answerHint: 'The person sees it.',
    empty: {
        title: 'Nobody asks for an application',
        text: 'When somebody asks in the portal for an application or a tool, it stands here.',
    },
};
