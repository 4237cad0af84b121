// SPDX-License-Identifier: Apache-2.0
/** What a first policy may say: the settings of desktop assistants, as schemas/iassistants.json describes them. */
export const EXAMPLE = {
    iassistants: {
        owuiEndpoint: 'https://owui.example.org',
        owuiModel: 'llama3.1:8b',
        featureFlags: { history: true },
        limits: { maxTokens: 2048, requestsPerMinute: 20 },
    },
};
