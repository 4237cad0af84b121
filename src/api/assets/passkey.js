// SPDX-License-Identifier: Apache-2.0
// Signing in by a passkey (WebAuthn level 3, section 7.2): the one script that a page of the server runs, at /login/passkey.
const button = document.getElementById('passkey');

function say(id) {
    for (const one of document.querySelectorAll('[data-says]')) one.hidden = one.id !== id;
}

/** Why it did not work, as the note that says so. */
const noteOf = (error) => (error.name === 'SecurityError' ? 'cannot' : (error.cause ?? 'refused'));

async function ask(options) {
    const answer = await fetch(options ? '/api/v1/auth/passkey' : '/api/v1/auth/passkey/options', options).catch(() => undefined);
    if (answer?.ok) return answer.json();
    const busy = !answer || answer.status === 429 || answer.status >= 500;
    throw new Error('not signed in', { cause: busy ? 'busy' : 'refused' });
}

async function signIn() {
    const { csrf, ...wanted } = await ask();
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(wanted);
    const credential = await navigator.credentials.get({ publicKey });
    await ask({
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...(csrf && { 'Seneschal-CSRF': csrf }) },
        body: JSON.stringify(credential),
    });
    location.assign(button.dataset.next);
}

async function press() {
    say();
    button.disabled = true;
    try {
        await signIn();
    } catch (error) {
        say(noteOf(error));
    }
    button.disabled = false;
}

// An address by which no passkey can be made or used has neither.
if (globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) {
    button.addEventListener('click', press);
    button.hidden = false;
    button.focus();
} else {
    say('cannot');
}
