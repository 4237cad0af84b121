// SPDX-License-Identifier: Apache-2.0
import { counted } from '../format.ts';

export default {
    intro: 'What the server says of itself, kept for thirty days unless the settings say otherwise.',
    label: 'Lines of the log',
    none: 'Nothing was logged',
    noneText: 'Lines stand here as soon as the server writes some.',
    level: { debug: 'Debug', info: 'Information', warning: 'Warning', error: 'Error' },
    filter: {
        text: 'Text in the line',
        level: 'Level',
        atLeast: (level: string) => `${level} and worse`,
        request: 'Request id',
        from: 'From',
        to: 'To',
    },
    column: { event: 'Event', level: 'Level', fields: 'Fields', at: 'When' },
    request: 'Request',
    sameRequest: 'All of this request',
    tail: 'The log as it is written',
    rotate: {
        button: 'New file',
        title: 'Begin a new file of the log?',
        text: 'What was written stays where it is, in a file of its own. Nothing is deleted.',
        yes: 'Begin a new file',
        done: (n: number, size: string) => `${counted(n, 'file is', 'files are')} kept, ${size} in all.`,
    },
};
