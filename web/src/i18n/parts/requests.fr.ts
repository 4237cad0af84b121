// SPDX-License-Identifier: Apache-2.0
import { counted } from '../format.ts';
import type en from './requests.en.ts';

const fr: typeof en = {
    count: (n: number) => counted(n, 'demande', 'demandes'),
    column: { who: 'Qui', application: 'Application', status: 'État', reason: 'Motif', created: 'Demandé' },
    state: { open: 'Ouverte', approved: 'Acceptée', refused: 'Refusée' },
    title: (who: string, app: string) => `${who} demande ${app}`,
    approve: 'Accepter',
    refuse: 'Refuser',
    decided: { open: 'Encore ouverte.', approved: 'Acceptée : la personne est dans le groupe.', refused: 'Refusée. La personne voit la réponse.' },
    group: 'Entrée dans le groupe',
    into: 'Dans le groupe',
    intoHint: 'Les groupes qui ouvrent cette application.',
    noGroup: 'Aucun groupe n’ouvre cette application. Liez-en un d’abord, puis acceptez.',
    answer: 'Réponse',
    answerHint: 'La personne la voit.',
    empty: { title: 'Personne ne demande', text: 'Quand quelqu’un demande une application dans le portail, cela apparaît ici.' },
};

export default fr;
