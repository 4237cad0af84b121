// SPDX-License-Identifier: Apache-2.0
// Shows how the worker's client stands, and wakes it by asking.
const show = (id, text) => (document.getElementById(id).textContent = text ?? '');

async function refresh(ask = 'view') {
    const { view } = (await chrome.runtime.sendMessage({ ask }).catch(() => undefined)) ?? {};
    const { options } = await chrome.storage.local.get('options');
    if (view === undefined) return;
    const { state, code, reason, rejected, version, config } = view;
    show('state', state);
    document.getElementById('state').dataset.state = state;
    document.getElementById('waiting').hidden = state !== 'PENDING';
    show('code', code);
    show('server', options.server);
    show('machine', options.machineId);
    show('version', version);
    show('reason', reason);
    show('rejected', rejected);
    show('config', JSON.stringify(config?.enabled ? config.config : { enabled: false }, null, 2));
}

document.getElementById('nudge').addEventListener('click', () => refresh('nudge'));
setInterval(refresh, 250);
refresh();
