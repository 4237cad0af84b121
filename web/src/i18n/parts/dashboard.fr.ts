// SPDX-License-Identifier: Apache-2.0
import { counted } from '../format.ts';
import type en from './dashboard.en.ts';

const fr: typeof en = {
    title: (name) => (name ? `Bonjour ${name}` : 'Tableau de bord'),
    intro: 'Ce qui vous attend, l’état du serveur et son activité.',
    devices: (n) => counted(n, 'appareil', 'appareils'),
    byStatus: 'Appareils par état',
    status: {
        pending: 'En attente',
        enrolled: 'Enrôlés',
        blocked: 'Bloqués',
        uninstalled: 'Désinstallés',
        refused: 'Refusés',
        revoked: 'Révoqués',
    },
    figure: {
        pending: 'Appareils à approuver',
        approvals: 'Appels d’outils à approuver',
        requests: 'Demandes d’accès',
        rollouts: 'Déploiements en cours',
        people: 'Personnes',
        sessions: 'Sessions ouvertes',
        applications: 'Applications',
        servers: 'Serveurs d’outils',
    },
    steps: {
        title: 'Premiers pas',
        allDone: 'Premiers pas : tout est fait',
        dismiss: 'Ne plus afficher',
        of: {
            admin: { title: 'Créer le premier administrateur', text: 'Vous êtes connecté.', action: 'Ma connexion' },
            invite: {
                title: 'Inviter une personne',
                text: 'Elle reçoit un lien, choisit comment elle se connecte, et entre dans les groupes que vous indiquez.',
                action: 'Inviter quelqu’un',
            },
            enrol: {
                title: 'Enrôler un appareil',
                text: 'Une commande sur la machine, un code que vous comparez, et elle est admise.',
                action: 'Enrôler un appareil',
            },
            policy: {
                title: 'Publier une politique',
                text: 'Elle règle les assistants de vos appareils ; vous voyez ce qui change avant de publier.',
                action: 'Écrire une politique',
            },
            tool: {
                title: 'Ajouter un serveur d’outils',
                text: 'Dites ensuite qui peut appeler quels outils, et quels appels attendent un accord.',
                action: 'Ajouter un serveur d’outils',
            },
        },
    },
    now: {
        title: 'En attente d’une décision',
        nothing: 'Rien. Tout est décidé.',
        decide: 'Décider',
        look: 'Voir',
        goOn: 'Continuer',
        somebody: 'Quelqu’un',
        lobby: (n) =>
            n < 2 ? `${n} appareil demande à entrer` : `${counted(n, 'appareil', 'appareils')} demandent à entrer`,
        approval: (who, tool) => `${who} souhaite appeler ${tool}`,
        account: (who) => `${who} a créé un compte, qui attend d’être validé`,
        request: (who, application) => `${who} demande l’accès à ${application}`,
        promote: (policy, ring) => `L’anneau ${ring} du déploiement de ${policy} attend d’être promu`,
        paused: (policy, why) =>
            why ? `Le déploiement de ${policy} est à l’arrêt : ${why}` : `Le déploiement de ${policy} est à l’arrêt`,
        aborted: (policy, why) =>
            why
                ? `Le déploiement de ${policy} a été abandonné : ${why}`
                : `Le déploiement de ${policy} a été abandonné`,
        draft: (policy) => `Un brouillon de ${policy} n’est pas publié`,
    },
    chart: {
        title: 'Évolution',
        span: 'Période affichée',
        spans: { hour: '1 heure', day: '24 heures', month: '30 jours' },
        label: (what, span) => `${what}, période : ${span}`,
        forOthers: 'L’évolution des chiffres concerne tout le serveur : la personne qui l’exploite peut la voir.',
        total: (n) => `${n} sur la période`,
        requests: 'Requêtes',
        answered: 'Traitées',
        errors: 'Erreurs du serveur',
        latency: 'Temps de réponse',
        latencyNote: 'Temps que ne dépassent pas la moitié des réponses, et 99 sur 100.',
        p50: 'La moitié',
        p99: '99 sur 100',
        logins: 'Connexions',
        signedIn: 'Réussies',
        failed: 'Mot de passe ou facteur erroné',
        calls: 'Appels d’outils',
        called: 'Effectués',
        denied: 'Refusés',
        devices: 'Appareils par état',
        sessions: 'Sessions ouvertes',
        people: 'De personnes',
        clients: 'De clients MCP',
    },
    reach: {
        servers: 'Serveurs d’outils',
        noServer: 'Aucun serveur d’outils pour l’instant.',
        addServer: 'En ajouter un',
        houses: 'Mon Home Assistant',
        noHouse: 'Aucun Home Assistant pour l’instant.',
        addHouse: 'En connecter un',
        up: 'Répond',
        down: 'En échec',
        off: 'Désactivé',
        new: 'Pas encore interrogé',
    },
};

export default fr;
