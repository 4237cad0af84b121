// SPDX-License-Identifier: Apache-2.0
import { counted, number } from '../format.ts';
import type en from './access.en.ts';

const fr: typeof en = {
    kinds: { roles: 'Rôles', applications: 'Applications', tools: 'Outils', values: 'Configuration' },
    states: { none: 'non', conditional: 'sous conditions', approval: 'avec l’accord d’une personne', allowed: 'oui' },
    becomes: 'devient',
    roles: {
        administrator: 'Administrateur',
        operator: 'Opérateur',
        auditor: 'Auditeur',
        enroller: 'Enrôleur',
        user: 'Utilisateur',
    },
    others: (n) => counted(n, 'autre', 'autres'),
    more: (n) => `Afficher ${number(n)} de plus`,
    summary: (n, of) =>
        of === n
            ? `Cela change les accès de ${counted(n, 'compte ou appareil', 'comptes et appareils')} :`
            : `Cela change les accès de ${number(n)} sur ${counted(of, 'compte ou appareil', 'comptes et appareils')} :`,
    nobody: 'Personne ne gagne ni ne perd rien',
    nobodyText: 'Quoi qu’il soit écrit, ce que chacun peut faire reste comme aujourd’hui.',
    truncated: 'La réponse n’est pas complète',
    truncatedText: (n) =>
        `Seuls ${counted(n, 'compte ou appareil a été regardé', 'comptes et appareils ont été regardés')}, ou des changements manquent.`,
    switchedOn: 'Désormais il y a une configuration.',
    switchedOff: 'Désormais il n’y a plus de configuration.',
};

export default fr;
