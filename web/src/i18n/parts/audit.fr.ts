// SPDX-License-Identifier: Apache-2.0
import { counted } from '../format.ts';
import type en from './audit.en.ts';

const fr: typeof en = {
    intro: 'Chaque acte et chaque refus : qui, quoi, quand, d’où. Rien n’en est jamais retiré.',
    label: 'Événements du journal d’audit',
    one: 'Événement',
    none: 'Le journal d’audit est vide',
    noneText: 'Dès que quelqu’un agit, cela figure ici.',
    filter: { actor: 'Qui : nom, identifiant ou type', action: 'Action', result: 'Résultat', target: 'Objet', from: 'Du', to: 'Au', org: 'Organisation', system: 'Le serveur lui-même' },
    result: { ok: 'Effectué', refused: 'Refusé' },
    column: { what: 'Quoi', who: 'Qui', target: 'Objet', result: 'Résultat', where: 'Depuis', when: 'Quand' },
    kinds: {
        none: 'Inconnu', user: 'Une personne', service: 'Un compte de service', 'service-account': 'Un compte de service', device: 'Un appareil', 'enrollment-key': 'Une clé d’enrôlement',
        system: 'Le serveur', organisation: 'L’organisation', store: 'La base', group: 'Un groupe', policy: 'Une politique', tool: 'Un outil', 'mcp-server': 'Un serveur d’outils',
        server: 'Le serveur', application: 'Une application', rollout: 'Un déploiement', webhook: 'Un webhook', invitation: 'Une invitation', approval: 'Une demande d’accord',
    },
    event: {
        when: 'Quand', action: 'Action', actor: 'Qui', target: 'Objet', result: 'Résultat', reason: 'Motif', address: 'Depuis l’adresse', request: 'Requête',
        details: 'Détails',
        erased: 'Les noms, l’adresse et les détails de cet événement ont été effacés. La chaîne tient : elle contient toujours l’empreinte de ce qui a été effacé.',
        chain: 'Place dans la chaîne',
        chainText: 'Chaque événement nomme l’empreinte du précédent : aucun ne peut être modifié ni retiré sans que cela se voie.',
        place: 'Numéro', hash: 'Empreinte', before: 'Empreinte du précédent',
        away: 'Cet événement n’est pas parmi les plus récents', awayText: 'Filtrez la liste par période ou par action, puis ouvrez-le.',
    },
    verify: {
        button: 'Vérifier',
        title: 'Le journal d’audit est-il entier ?',
        linked: (n) => `${counted(n, 'événement enchaîné', 'événements enchaînés')} sans lacune`,
        linkedText: 'Chacun des événements récents nomme l’empreinte du précédent, et aucun ne manque.',
        broken: 'La chaîne est rompue',
        brokenAt: (seq) => `L’événement ${seq} ne découle pas du précédent. Gardez une copie du répertoire de données, et lancez-y la commande ci-dessous.`,
        head: 'Dernière empreinte',
        place: 'Son numéro',
        at: 'Du',
        text: 'Que chaque empreinte soit bien celle de son événement se vérifie là où se trouve la base, sans faire confiance à ce serveur. Lancez ceci sur sa machine ; le serveur peut continuer à fonctionner :',
        command: 'Vérifier le journal d’audit',
        against: 'Des points de contrôle sont signés et figurent aussi dans le journal sous « audit-checkpoint ». Conservez-les sur une autre machine : avec --against, une fin tronquée se trouve aussi.',
    },
};

export default fr;
