// SPDX-License-Identifier: Apache-2.0
import { counted } from '../format.ts';
import type en from './fleet.en.ts';

const devices = (n: number) => counted(n, 'appareil', 'appareils');

const fr: typeof en = {
    title: 'Appareils',
    devices,
    nav: {
        label: 'Parties de cette page',
        list: 'Tous',
        lobby: 'Salle d’attente',
        enrol: 'Faire entrer des machines',
    },
    enrol: 'Enrôler des appareils',
    status: {
        PENDING: 'En attente',
        ENROLLED: 'Enrôlé',
        BLOCKED: 'Bloqué',
        UNINSTALLED: 'Désinstallé',
        REFUSED: 'Refusé',
        REVOKED: 'Révoqué',
    },
    counts: { label: 'Par état', all: 'Tous', waiting: 'À approuver' },
    search: 'Machine, hôte ou propriétaire',
    filter: {
        group: 'Groupe',
        label: 'Étiquette (nom=valeur)',
        ownerOff: 'Montrer les appareils de tous',
    },
    column: {
        name: 'Nom',
        status: 'État',
        system: 'Système',
        version: 'Client',
        owner: 'Propriétaire',
        groups: 'Groupes',
        config: 'Configuration',
        credential: 'Se prouve par',
        seen: 'Vu',
    },
    never: 'jamais',
    nobody: 'personne',
    credential: { 'software-key': 'Clé', token: 'Jeton', none: 'Rien encore' },
    config: {
        applied: (version) => `${version} appliquée`,
        failed: (version) => `${version} en échec`,
        rejected: (version) => `${version} rejetée`,
        none: 'rien encore',
        drift: (n) => `modifiée par d’autres à ${counted(n, 'endroit', 'endroits')}`,
    },
    csv: 'CSV',
    empty: {
        title: 'Aucun appareil pour le moment',
        text: 'Un appareil est une machine, ou un programme sur une machine, qui reçoit ici sa configuration. Il demande à entrer, vous comparez un code et l’approuvez.',
    },
    move: {
        approve: 'Approuver',
        refuse: 'Refuser',
        block: 'Bloquer',
        unblock: 'Débloquer',
        revoke: 'Révoquer',
        reinstate: 'Réintégrer',
        rotate: 'Renouveler l’identifiant',
        delete: 'Supprimer',
    },
    bulk: {
        approve: {
            title: (n) => `Approuver ${devices(n)} ?`,
            text: 'Ils entrent avec la clé de leur demande. N’approuvez ensemble que ce que vous attendiez : un code se compare dans la salle d’attente.',
        },
        refuse: {
            title: (n) => `Refuser ${devices(n)} ?`,
            text: 'Leurs demandes prennent fin. Ils peuvent demander à nouveau.',
        },
        block: {
            title: (n) => `Bloquer ${devices(n)} ?`,
            text: 'Ils s’arrêtent aussitôt et gardent leurs identifiants : vous pouvez les débloquer.',
        },
        unblock: {
            title: (n) => `Débloquer ${devices(n)} ?`,
            text: 'Ils retrouvent leur configuration et leurs outils.',
        },
        revoke: {
            title: (n) => `Révoquer ${devices(n)} ?`,
            text: 'Identifiants, configurations, sessions et appels d’outils prennent fin aussitôt, pour de bon. Rien de ce que fait un appareil ne le ramène.',
        },
        word: 'révoquer',
    },
    report: {
        working: (done, all) => `${done} sur ${all}`,
        title: {
            approve: 'Approbation',
            refuse: 'Refus',
            block: 'Blocage',
            unblock: 'Déblocage',
            revoke: 'Révocation',
        },
        stop: 'Arrêter',
        finding: 'Recherche de ce qui correspond…',
        close: 'Fermer',
        done: {
            approve: (n) => `${counted(n, 'appareil approuvé', 'appareils approuvés')}.`,
            refuse: (n) => `${counted(n, 'appareil refusé', 'appareils refusés')}.`,
            block: (n) => `${counted(n, 'appareil bloqué', 'appareils bloqués')}.`,
            unblock: (n) => `${counted(n, 'appareil débloqué', 'appareils débloqués')}.`,
            revoke: (n) => `${counted(n, 'appareil révoqué', 'appareils révoqués')}.`,
        },
        failed: (n) => (n < 2 ? `${n} ne l’a pas été :` : `${n} ne l’ont pas été :`),
        left: (n) => `${devices(n)} sans changement.`,
        more: (n) => `et ${n} de plus`,
    },
};

export default fr;
