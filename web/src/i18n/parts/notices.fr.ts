// SPDX-License-Identifier: Apache-2.0
import type en from './notices.en.ts';

const some = (n: number, one: string, many: string): string => (n < 2 ? `${n} ${one}` : `${n} ${many}`);

const fr: typeof en = {
    title: 'Avis',
    bell: (n) => (n === 0 ? 'Avis' : n === 1 ? 'Avis : 1 nouveau' : `Avis : ${n} nouveaux`),
    needsYou: 'À traiter',
    needs: {
        approvals: (n) => some(n, 'appel d’outil attend une approbation', 'appels d’outils attendent une approbation'),
        lobby: (n) => some(n, 'appareil est en salle d’attente', 'appareils sont en salle d’attente'),
        requests: (n) => some(n, 'personne demande un accès', 'personnes demandent un accès'),
        quarantined: (n) => some(n, 'outil est en quarantaine', 'outils sont en quarantaine'),
        webhooks: (n) => some(n, 'webhook échoue', 'webhooks échouent'),
    },
    none: 'Rien ne vous a encore été signalé.',
    unread: 'Nouveau :',
    readAll: 'Tout marquer comme lu',
    older: 'Voir les plus anciens',
};

export default fr;
