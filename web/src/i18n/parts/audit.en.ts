// SPDX-License-Identifier: Apache-2.0
import { counted } from '../format.ts';

export default {
    intro: 'Every act and every refusal: who, what, when, from where. Nothing is ever taken out of it.',
    label: 'Events of the record',
    one: 'Event',
    none: 'Nothing is on the record',
    noneText: 'As soon as somebody does something, it stands here.',
    filter: { actor: 'Who: name, id or kind', action: 'Action', result: 'Result', target: 'To whom or what', from: 'From', to: 'To', org: 'Organisation', system: 'The server itself' },
    result: { ok: 'Done', refused: 'Refused' },
    column: { what: 'What', who: 'Who', target: 'To', result: 'Result', where: 'From', when: 'When' },
    kinds: {
        none: 'Nobody known', user: 'A person', service: 'A service account', 'service-account': 'A service account', device: 'A device', 'enrollment-key': 'An enrolment key',
        system: 'The server', organisation: 'The organisation', store: 'The store', group: 'A group', policy: 'A policy', tool: 'A tool', 'mcp-server': 'A tool server',
        server: 'The server', application: 'An application', rollout: 'A rollout', webhook: 'A webhook', invitation: 'An invitation', approval: 'An approval',
    },
    event: {
        when: 'When', action: 'Action', actor: 'Who', target: 'To', result: 'Result', reason: 'Reason', address: 'From address', request: 'Request',
        details: 'Details',
        erased: 'Names, address and details of this event were erased. The chain holds: the hash of what was erased is still in it.',
        chain: 'Place in the chain',
        chainText: 'Each event names the hash of the one before: none can be changed or taken out unseen.',
        place: 'Number', hash: 'Hash', before: 'Hash of the one before',
        away: 'This event is not among the newest', awayText: 'Narrow the list to its time or its action, and open it there.',
    },
    verify: {
        button: 'Verify',
        title: 'Is the record whole?',
        linked: (n: number) => `${counted(n, 'event is', 'events are')} linked without a gap`,
        linkedText: 'Each of the newest events names the hash of the one before, and none is left out.',
        broken: 'The chain is broken',
        brokenAt: (seq: string) => `Event ${seq} does not follow from the one before. Keep a copy of the data directory, and run the command below there.`,
        head: 'Newest hash',
        place: 'Its number',
        at: 'Of',
        text: 'Whether each hash is that of its event is checked where the store lies, without trusting this server. Run this on its machine; the server may go on running:',
        command: 'Verify the record',
        against: 'Checkpoints are signed and also stand in the log as “audit-checkpoint”. Keep them on another machine: with --against, a tail that was cut off is found too.',
    },
};
