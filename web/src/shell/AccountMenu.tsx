// SPDX-License-Identifier: Apache-2.0
// Who is signed in, his language and appearance, and the way out.
import { language, setLanguage, t, type Language } from '../i18n/index.ts';
import { api } from '../api/client.ts';
import { whoAmI } from '../session.ts';
import { useStore } from '../store.ts';
import { Icon } from '../ui/Icon.tsx';
import { overlay } from './shortcuts.ts';
import { setTheme, theme, THEMES, type Theme } from './theme.ts';

const LANGUAGES: readonly Language[] = ['en', 'fr'];

/** The page at once; the account and the pages that the server renders follow. */
async function chooseLanguage(wanted: Language): Promise<void> {
    await setLanguage(wanted, { keep: true });
    await Promise.all([
        api.PUT('/api/v1/portal/language', { body: { lang: wanted } }),
        fetch(`/access?lang=${wanted}`), // any page of the server's keeps the language that it is asked in
    ]);
}

function Choice<T extends string>({
    label,
    options,
    names,
    now,
    choose,
}: {
    label: string;
    options: readonly T[];
    names: Record<T, string>;
    now: T;
    choose(value: T): void;
}) {
    return (
        <fieldset class="choice">
            <legend>{label}</legend>
            {options.map((option) => (
                <label key={option}>
                    <input type="radio" name={label} checked={option === now} onChange={() => choose(option)} />
                    <span>{names[option]}</span>
                </label>
            ))}
        </fieldset>
    );
}

export function AccountMenu() {
    const me = whoAmI();
    const name = me.display_name || me.username || '';
    const words = t.shell.account;
    const lang = useStore(language);
    const look = useStore(theme);
    return (
        <div class="account">
            <button type="button" class="account-button" popovertarget="account-menu">
                <span class="unseen">{words.label}</span>
                <span class="avatar" aria-hidden="true">
                    {name.slice(0, 1).toUpperCase()}
                </span>
                <span class="account-name">{name}</span>
                <Icon name="down" />
            </button>
            <div id="account-menu" class="account-menu" popover="auto">
                <p class="account-who">
                    <strong>{name}</strong>
                    <small>
                        {me.email ?? me.username}
                        {me.org ? ` · ${me.org}` : ''}
                    </small>
                </p>
                <Choice<Language>
                    label={t.shell.language.label}
                    options={LANGUAGES}
                    names={t.shell.language}
                    now={lang}
                    choose={chooseLanguage}
                />
                <Choice<Theme>
                    label={t.shell.theme.label}
                    options={THEMES}
                    names={t.shell.theme}
                    now={look}
                    choose={setTheme}
                />
                <ul>
                    <li>
                        <a href="/portal/account">
                            <Icon name="key" />
                            {words.settings}
                        </a>
                    </li>
                    <li>
                        <a href="/docs">
                            <Icon name="book" />
                            {words.docs}
                        </a>
                    </li>
                    <li>
                        <button
                            type="button"
                            popovertarget="account-menu"
                            popovertargetaction="hide"
                            onClick={() => overlay.set('help')}
                        >
                            <Icon name="keyboard" />
                            {words.keys}
                        </button>
                    </li>
                    <li>
                        <a href="/logout">
                            <Icon name="out" />
                            {words.out}
                        </a>
                    </li>
                </ul>
            </div>
        </div>
    );
}
