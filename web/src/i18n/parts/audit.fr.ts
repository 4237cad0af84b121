// SPDX-License-Identifier: Apache-2.0
import { counted, number } from '../format.ts';
import type en from './audit.en.ts';

const fr: typeof en = {
    intro: 'Chaque acte et chaque refus : qui, quoi, quand, d’où. Rien n’en est jamais retiré.',
    label: 'Événements du journal d’audit',
    one: 'Événement',
    none: 'Le journal d’audit est vide',
    noneText: 'Dès que quelqu’un agit, cela figure ici.',
    filter: {
        actor: 'Qui : nom, id ou type',
        action: 'Action',
        result: 'Résultat',
        target: 'Objet',
        from: 'Du',
        to: 'Au',
        org: 'Organisation',
        system: 'Le serveur lui-même',
    },
    result: { ok: 'Effectué', refused: 'Refusé' },
    column: { what: 'Quoi', who: 'Qui', target: 'Objet', result: 'Résultat', where: 'Depuis', when: 'Quand' },
    kinds: {
        none: 'Inconnu',
        user: 'Une personne',
        service: 'Un compte de service',
        'service-account': 'Un compte de service',
        device: 'Un appareil',
        'enrollment-key': 'Une clé d’enrôlement',
        system: 'Le serveur',
        organisation: 'L’organisation',
        store: 'La base',
        group: 'Un groupe',
        policy: 'Une politique',
        tool: 'Un outil',
        'mcp-server': 'Un serveur d’outils',
        server: 'Le serveur',
        application: 'Une application',
        rollout: 'Un déploiement',
        webhook: 'Un webhook',
        invitation: 'Une invitation',
        approval: 'Une demande d’accord',
    },
    event: {
        when: 'Quand',
        action: 'Action',
        actor: 'Qui',
        target: 'Objet',
        result: 'Résultat',
        reason: 'Motif',
        address: 'Depuis l’adresse',
        request: 'Requête',
        details: 'Détails',
        erased: 'Les noms, l’adresse et les détails de cet événement ont été effacés. La chaîne tient : elle contient toujours l’empreinte de ce qui a été effacé.',
        chain: 'Place dans la chaîne',
        chainText:
            'Chaque événement nomme l’empreinte du précédent : aucun ne peut être modifié ni retiré sans que cela se voie.',
        place: 'Numéro',
        hash: 'Empreinte',
        before: 'Empreinte du précédent',
        away: 'Cet événement n’est pas parmi les plus récents',
        awayText: 'Filtrez la liste par période ou par action, puis ouvrez-le.',
    },
    tail: 'Le journal d’audit au fil de l’écriture',
    verify: {
        button: 'Vérifier',
        title: 'Le journal d’audit est-il entier ?',
        running: 'Événements dont l’empreinte a été calculée',
        stop: 'Arrêter',
        whole: (n) => (n === 1 ? 'L’unique événement est intact' : `Les ${number(n)} événements sont intacts`),
        wholeText:
            'Ce navigateur a lu les événements tels qu’ils sont enregistrés et recalculé chaque empreinte : toutes sont justes, chacune découle de la précédente, et aucun événement ne manque.',
        stopped: (n) => `Arrêté après ${counted(n, 'événement', 'événements')}`,
        stoppedText: 'Jusque-là, chaque empreinte est juste. La suite n’a pas été examinée.',
        faulty: (n) => `${counted(n, 'anomalie trouvée', 'anomalies trouvées')}`,
        faultyText:
            'Ce navigateur a recalculé chaque empreinte, et celles-ci ne sont pas ce qu’elles doivent être. Gardez avant tout une copie du répertoire de données, puis lancez la commande ci-dessous sur la machine du serveur.',
        faults: {
            gap: (seq) => `Devant l’événement ${seq}, d’autres manquent.`,
            changed: (seq) =>
                `L’événement ${seq} a été modifié après son écriture, ou bien l’empreinte qui le précède.`,
            details: (seq) =>
                `Les noms, l’adresse ou les détails de l’événement ${seq} ont été modifiés après son écriture.`,
            foreign: (seq) => `L’événement ${seq} appartient à une autre chaîne.`,
            kept: (seq) => `L’événement ${seq} n’a pas l’empreinte que vous aviez gardée : le journal a été réécrit.`,
        },
        moreFaults: (n) => `et ${number(n)} de plus`,
        cut: (seq) =>
            `L’empreinte que vous aviez gardée porte le numéro ${seq}, et le journal s’arrête avant : sa fin a été coupée.`,
        keptHolds: (seq) => `L’empreinte que vous aviez gardée, numéro ${seq}, est toujours à sa place.`,
        looked: 'Examinés',
        lookedAt: (detailed, erased) =>
            erased === 0
                ? `${counted(detailed, 'événement', 'événements')} avec noms, adresse et détails`
                : `${counted(detailed, 'événement', 'événements')} avec noms, adresse et détails ; pour ${number(erased)}, ils ont été effacés`,
        by: 'Par',
        byBrowser: 'ce navigateur',
        on: 'Le',
        place: 'Dernier numéro',
        head: 'Dernière empreinte',
        of: 'Sa date',
        limits: 'Ce que cela ne peut pas montrer',
        limitsText:
            'Les octets viennent du serveur. Qui le tient, avec sa base, pourrait écrire un journal entièrement nouveau : seule une empreinte gardée ailleurs le révèle, comme une fin coupée. Copiez de temps en temps la dernière, et comparez-lui plus tard le journal.',
        copyHead: 'Copier cette empreinte',
        kept: 'Une empreinte que vous avez gardée',
        keptHint: 'La ligne copiée ici, ou une ligne « audit-checkpoint » du journal du serveur.',
        compare: 'Comparer',
        noHead: 'Ce texte ne contient aucune empreinte.',
        otherChain:
            'Ceci ne contient aucune empreinte de cette chaîne. Vient-elle d’une autre organisation ou d’un autre serveur ?',
        again: 'Vérifier à nouveau',
        tooOld: 'Ce navigateur ne calcule d’empreintes que sur des pages venues par HTTPS ou de cette machine même. Ouvrez ainsi la console, ou utilisez la commande ci-dessous.',
        mayNot: 'Les octets du journal sont réservés à qui peut l’exporter : demandez audit:export à un administrateur, ou lancez ceci sur la machine du serveur.',
        commandText:
            'Sur la machine du serveur, cette commande contrôle toutes les chaînes, ainsi que les signatures des points de contrôle, sans faire confiance au serveur ; il peut continuer à fonctionner :',
        command: 'Vérifier le journal d’audit',
    },
};

export default fr;
