// SPDX-License-Identifier: Apache-2.0
import { counted } from '../format.ts';

export default {
    count: (n: number) => counted(n, 'group', 'groups'),
    search: 'How a group’s name begins',
    add: 'Make a group',
    priority: 'Priority',
    priorityHint: 'Between policies of several groups the higher one wins.',
    priorityWrong: 'a whole number from 0',
    empty: { title: 'No group yet', text: 'A group is what you give things to: applications, policies, tools. Then you put people and devices into it.' },
    facts: 'Group',
    byFiles: 'Managed by files',
    members: 'Members',
    membersCount: (n: number) => counted(n, 'member', 'members'),
    kind: 'Kind',
    kinds: { user: 'Person', service: 'Service account', device: 'Device' },
    addMember: 'Add a member',
    findMember: 'Find a person or a service account',
    joined: (name: string) => `${name} is in the group now.`,
    nobody: 'Nobody is in it yet.',
    applications: 'Applications it opens',
    noApplications: 'None is bound to it.',
    manyApplications: 'There are many: look there who may open which',
    more: 'What it gives',
    policies: 'Policies assigned to it',
    tools: 'Tools its members may call',
    deleteText: 'Its members lose what it gave them. It is refused while policies or enrolment keys name it.',
};
