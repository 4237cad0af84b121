// SPDX-License-Identifier: Apache-2.0
import { counted } from '../format.ts';
import type en from './logs.en.ts';

const fr: typeof en = {
    intro: 'Ce que le serveur dit de lui-même, conservé trente jours sauf réglage contraire.',
    label: 'Lignes du journal',
    none: 'Le journal est vide',
    noneText: 'Les lignes figurent ici dès que le serveur en écrit.',
    level: { debug: 'Débogage', info: 'Information', warning: 'Avertissement', error: 'Erreur' },
    filter: {
        text: 'Texte dans la ligne',
        level: 'Niveau',
        atLeast: (level) => `${level} et plus grave`,
        request: 'Numéro de requête',
        from: 'Du',
        to: 'Au',
    },
    column: { event: 'Événement', level: 'Niveau', fields: 'Champs', at: 'Quand' },
    request: 'Requête',
    sameRequest: 'Tout de cette requête',
    tail: 'Le journal au fil de l’écriture',
    rotate: {
        button: 'Nouveau fichier',
        title: 'Commencer un nouveau fichier de journal ?',
        text: 'Ce qui est écrit reste en place, dans un fichier à part. Rien n’est supprimé.',
        yes: 'Commencer un nouveau fichier',
        done: (n, size) => `${counted(n, 'fichier conservé', 'fichiers conservés')}, ${size} en tout.`,
    },
};

export default fr;
