// SPDX-License-Identifier: Apache-2.0
import { counted } from '../format.ts';
import type en from './services.en.ts';

const fr: typeof en = {
    count: (n: number) => counted(n, 'compte de service', 'comptes de service'),
    search: 'Début d’un nom',
    add: 'Ajouter un compte de service',
    nameHint: 'Le programme qui s’en servira : backup, ci, home-assistant.',
    empty: {
        title: 'Aucun compte de service',
        text: 'Un programme a son propre compte : ce qu’il fait est inscrit à son nom, et prend fin sans toucher au mot de passe de personne.',
    },
    deleteText: 'Il disparaît définitivement, avec ses jetons, ses clés et ses appartenances.',
    tokens: 'Jetons',
    noTokens: 'Aucun jeton.',
    newToken: 'Créer un jeton',
    tokenMade: 'Le jeton est créé',
    tokenNameHint: 'L’endroit où il sera gardé.',
    token: 'Jeton',
    once: 'Il n’est montré que cette fois',
    onceText: 'Copiez-le maintenant là où le programme le lit. Perdu, on y met fin et on en crée un autre.',
    goodFor: 'Valable',
    days: (n: number) => counted(n, 'jour', 'jours'),
    ends: 'fin',
    noEnd: 'sans fin',
    end: 'Mettre fin',
    endAsk: (what: string, name: string) => `Mettre fin à ${what} de ${name} ?`,
    endText: 'Ce que le programme envoie avec est refusé aussitôt.',
    keys: 'Clés',
    noKeys: 'Aucune clé. Une clé est plus sûre qu’un jeton : sa moitié privée ne voyage jamais.',
    newKey: 'Ajouter une clé',
    keyMade: 'La clé est créée',
    keyText:
        'Copiez maintenant ce fichier vers le programme : il contient la moitié privée, que le serveur ne garde pas.',
    keyFile: 'Fichier de clé',
    publicHalf: 'Moitié publique (JWK)',
    publicHint:
        'D’une paire que le programme a créée lui-même. Vide : la paire est créée ici, et son fichier est montré une fois.',
    keyWrong: 'un objet JSON, par exemple {"kty":"OKP", …}',
};

export default fr;
