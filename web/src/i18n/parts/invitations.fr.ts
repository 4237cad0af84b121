// SPDX-License-Identifier: Apache-2.0
import { counted, list, number } from '../format.ts';
import type en from './invitations.en.ts';

const invitations = (n: number) => counted(n, 'invitation', 'invitations');

const fr: typeof en = {
    count: invitations,
    until: 'Valable jusqu’au',
    column: {
        for: 'Pour',
        state: 'État',
        groups: 'Groupes',
        uses: 'Restant',
        by: 'Créée par',
        expires: 'Fin',
        mailed: 'Envoyée par e-mail',
        used: 'Dernière utilisation',
        made: 'Créée',
    },
    state: {
        open: 'Ouverte',
        used: 'Utilisée',
        expired: 'Expirée',
        orphaned: 'Nulle : son auteur ne peut plus inviter',
    },
    anybody: 'Toute personne qui a le lien',
    usesLeft: (left: number, all: number) => `${number(left)} sur ${number(all)}`,
    yes: 'oui',
    no: 'non',
    onceOnly: 'Le lien a été montré à la création de l’invitation. Perdu ? Retirez celle-ci et créez-en une autre.',
    withdraw: 'Retirer',
    withdrawAsk: (who: string) => `Retirer l’invitation pour ${who} ?`,
    withdrawText: 'Le lien ne vaut plus rien aussitôt. Les comptes déjà créés restent.',
    withdrawn: 'L’invitation est retirée.',
    empty: {
        title: 'Aucune invitation',
        text: 'Une invitation est un lien. Qui l’ouvre choisit son nom et son mot de passe, et entre dans les groupes que vous choisissez maintenant.',
    },
    one: 'Inviter une personne',
    many: 'Inviter une liste',
    make: 'Créer l’invitation',
    makeMany: (n: number) => `Créer ${invitations(n)}`,
    emailHint:
        'Le compte reçoit cette adresse. Laissez vide si vous ne la connaissez pas. Vous remettez le lien vous-même : le serveur n’envoie pas d’e-mail.',
    emailHintMail:
        'Le compte reçoit cette adresse et le lien y est envoyé. Laissez vide pour un lien que vous remettez vous-même.',
    nameHint: 'Déjà écrit dans le formulaire ; la personne peut le changer.',
    groupsHint: 'Le compte y entre aussitôt.',
    uses: 'Nombre de comptes',
    usesHint: 'Un seul lien pour une famille ou une classe.',
    usesWrong: 'un nombre entier à partir de 1',
    stands: 'Le lien vaut pendant',
    days: (n: number) => (n === 365 ? 'un an' : counted(n, 'jour', 'jours')),
    lang: 'Langue de la personne',
    langAny: 'Celle du navigateur',
    madeTitle: 'L’invitation est créée',
    made: 'Prête',
    mailed: (email: string) => `Le lien a été envoyé à ${email}. Vous pouvez aussi le remettre vous-même.`,
    notMailed: 'Aucun e-mail n’a été envoyé : remettez le lien vous-même.',
    handOver: 'Remettez le lien : par message, ou laissez un téléphone lire l’image.',
    onceNow: 'Le lien n’est montré que cette fois. Copiez-le maintenant.',
    link: 'Lien de l’invitation',
    picture: 'Le lien sous forme de code QR',
    another: 'Une autre',
    list: 'Personnes, une par ligne',
    listHint:
        'Une adresse, « nom, adresse », ou un tableau collé ou enregistré en CSV. Qui a déjà un compte, ou une invitation ouverte, n’est pas invité de nouveau.',
    wrongLines: (numbers: readonly number[], all: number) =>
        `Pas d’adresse ${numbers.length === 1 ? 'à la ligne' : 'aux lignes'} ${list(numbers.map(number))}${all > numbers.length ? ' et à d’autres' : ''}.`,
    noLines: 'Écrivez au moins une adresse.',
    tooMany: (most: number) => `Au plus ${number(most)} lignes à la fois.`,
    batchDone: (made: number, refused: number) =>
        `Invitations créées : ${number(made)} ; refusées : ${number(refused)}.`,
    copyAll: 'Copier tous les liens',
    outcome: 'Le sort de chaque ligne',
    sent: 'Envoyée',
    madeShort: 'Créée',
};

export default fr;
