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
    decided: {
        open: 'Encore ouverte.',
        approved: 'Acceptée : la personne est dans le groupe.',
        refused: 'Refusée. La personne voit la réponse.',
    },
    group: 'Entrée dans le groupe',
    into: 'Dans le groupe',
    intoHint: 'Les groupes qui ouvrent cette application.',
    noGroup: 'Aucun groupe n’ouvre cette application. Liez-en un d’abord, puis acceptez.',
    tools: {
        title: 'Outils demandés',
        intro: 'Si vous acceptez, la personne reçoit aussitôt une autorisation pour cet outil seul.',
        asksFor: 'demande',
        klass: { READ: 'Lit', WRITE: 'Modifie', EXECUTE: 'Exécute' },
        gone: 'Son serveur ne l’a plus',
        approveAsking: 'Accepter, avec un accord à chaque appel',
        approved: (who: string, tool: string) => `${who} peut maintenant appeler ${tool}.`,
        more: (tool: string) => `Autres réponses pour ${tool}`,
        refuseAsk: (who: string, tool: string) => `Refuser ${tool} à ${who} ?`,
        refuseText: 'La personne en est informée, avec le motif.',
    },
    answer: 'Réponse',
    answerHint: 'La personne la voit.',
    empty: {
        title: 'Personne ne demande d’application',
        text: 'Quand quelqu’un demande une application ou un outil dans le portail, cela apparaît ici.',
    },
};

export default fr;
