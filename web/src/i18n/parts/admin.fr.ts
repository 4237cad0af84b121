// SPDX-License-Identifier: Apache-2.0
import { counted } from '../format.ts';
import type en from './admin.en.ts';

const fr: typeof en = {
    intro: 'Comment le serveur fonctionne, et ce qui le protège.',
    tabs: { label: 'Parties de l’administration', operation: 'Exploitation', backup: 'Sauvegarde', keys: 'Clés', webhooks: 'Webhooks', organisations: 'Organisations', clock: 'Horloge' },
    operation: {
        server: 'Serveur', health: 'État', well: 'Tout va bien', version: 'Version', started: 'En marche depuis', database: 'Base de données', databaseSize: 'Taille de la base', diskFree: 'Place sur le disque',
        memory: 'Mémoire', logs: 'Journal conservé', organisations: 'Organisations', sessions: 'Sessions ouvertes de personnes', clients: 'Sessions de clients MCP', events: 'Événements du journal d’audit',
        logLost: (n) => `Depuis le démarrage, ${counted(n, 'ligne du journal n’a pas pu être conservée', 'lignes du journal n’ont pas pu être conservées')}.`,
    },
    metrics: { title: 'Mesures', intro: 'Ce que dit GET /metrics, pour qui n’a pas Prometheus sous la main.', search: 'Chercher une mesure', name: 'Nom', labels: 'Étiquettes', value: 'Valeur' },
    backup: {
        title: 'Copies de la base',
        intro: 'Faites pendant que le serveur fonctionne, dans « backups » de son répertoire de données. Les dix plus récentes sont gardées.',
        now: 'Sauvegarder maintenant',
        made: (name) => `${name} est prête.`,
        none: 'Aucune copie pour l’instant',
        noneText: 'Faites-en une maintenant, et laissez votre propre sauvegarde l’emporter sur une autre machine.',
        restore: 'Remettre une copie en place',
        restoreText: 'Arrêtez le serveur, contrôlez la copie, mettez-la dans un répertoire vide avec la clé maîtresse, vérifiez le journal d’audit, puis démarrez sur ce répertoire :',
        elsewhere: 'Ce qui s’est passé après la copie n’y figure pas, les révocations non plus. Emportez les copies sur une autre machine, et la clé maîtresse à part : sans elle, une copie ne peut pas servir.',
    },
    keys: {
        intro: 'Les moitiés privées ne quittent jamais le serveur.',
        uses: { config: 'Configurations', oidc: 'Jetons de connexion', root: 'Racine de confiance', secrets: 'Secrets', factors: 'Seconds facteurs', outgoing: 'Ce qui sort' },
        purposes: {
            config: 'Signe ce qui configure les appareils.', oidc: 'Signe les jetons des applications.', root: 'Se porte garante des clés de configuration ; les appareils l’ont épinglée, elle ne se remplace pas ici.',
            secrets: 'Scelle les secrets dans la base.', factors: 'Scelle les seconds facteurs dans la base.', outgoing: 'Scelle ce que webhooks et avis attendent d’envoyer.',
        },
        epoch: (n) => `Numéro ${n}`,
        active: 'Utilisée', retiring: 'Encore acceptée', since: 'Depuis', until: 'Jusqu’à',
        rotate: 'Renouveler',
        rotateTitle: (use) => `Créer une nouvelle clé : ${use} ?`,
        rotateText: 'Une nouvelle clé prend le relais dès maintenant. La précédente est acceptée jusqu’à la fin de tout ce qu’elle a signé ou scellé : personne n’est interrompu.',
        atOnce: 'Mettre fin aux anciennes clés aussitôt',
        atOnceHint: 'Pour une clé que quelqu’un a pu voler : ce qu’elle a signé est refusé désormais, et les personnes et les appareils doivent revenir.',
        rotated: (use) => `Une nouvelle clé est utilisée : ${use}.`,
    },
    webhooks: {
        title: 'Webhooks',
        intro: 'Les événements sont envoyés aux adresses que vous indiquez, signés, et retentés jusqu’à ce qu’ils passent ou soient abandonnés.',
        none: 'Aucun webhook pour l’instant',
        noneText: 'Prévenez une messagerie, une astreinte ou un programme à vous quand un appareil attend ou qu’un déploiement échoue.',
        add: 'Ajouter un webhook', edit: 'Modifier', editTitle: (name) => `Modifier ${name}`, more: (name) => `Actions sur ${name}`,
        test: 'Tester maintenant', deliveries: 'Envois', remove: 'Supprimer', removeTitle: (name) => `Supprimer ${name} ?`, removeText: 'Ce qui attend d’être envoyé par lui disparaît aussi.',
        rotate: 'Nouveau secret', rotateTitle: (name) => `Un nouveau secret pour ${name} ?`, rotateText: 'Le précédent signe encore pendant un jour, le temps de le changer chez le destinataire.',
        answered: (status, took) => `Réponse ${status} en ${took}.`, failed: (why) => `Échec : ${why}`,
        allEvents: 'Tous les événements', failing: 'En échec depuis', on: 'Actif', off: 'Désactivé',
        formats: { standard: 'Standard Webhooks', slack: 'Slack', ntfy: 'ntfy', github: 'GitHub', template: 'Modèle personnel' },
        name: 'Nom', nameNeeded: 'Donnez-lui un nom.', url: 'Adresse', urlNeeded: 'Indiquez où l’envoyer.',
        format: 'Format', formatHint: 'Ce que comprend le destinataire.',
        events: 'Événements', eventsHint: 'Un par ligne ; * remplace n’importe quels caractères : device.*  Aucun : tous les événements.',
        ref: 'Branche ou étiquette', refHint: 'D’un workflow_dispatch ; vide : un repository_dispatch.', tags: 'Étiquettes, par virgules',
        template: 'Modèle', templateHint: 'JSON avec {{event.PATH}} et {{value.NAME}} dans ses chaînes.',
        token: 'Jeton', tokenHint: 'Envoyé dans l’en-tête Authorization (Bearer). Il n’est plus jamais affiché.', tokenKept: 'Laissez vide pour garder celui qui est défini.', active: 'Envoyer les événements',
        secretTitle: 'Le secret qui signe', secretText: 'Il n’est affiché que cette fois. Donnez-le au destinataire, qui vérifie la signature avec lui.', secret: 'Secret', kept: 'Je l’ai conservé',
    },
    deliveries: {
        title: (name) => `Envois de ${name}`, none: 'Rien n’a encore été envoyé.', payload: 'Ce qui est envoyé',
        states: { waiting: 'En attente', delivered: 'Remis', dead: 'Abandonné' },
        attempts: (n, status) => (status ? `${counted(n, 'tentative', 'tentatives')}, réponse ${status}` : counted(n, 'tentative', 'tentatives')),
        again: 'Renvoyer', sent: 'L’envoi est relancé.',
    },
    organisations: {
        title: 'Organisations', intro: 'Les locataires de ce serveur : rien ne passe de l’un à l’autre.', make: 'Créer une organisation', made: (name) => `${name} a été créée.`,
        name: 'Nom', nameNeeded: 'Donnez-lui un nom.', slug: 'Nom court', slugHint: 'Minuscules, chiffres et traits d’union ; il figure dans les adresses et ne change plus.', slugNeeded: 'Donnez-lui un nom court.',
    },
    clock: {
        title: 'Horloge',
        intro: 'Si l’horloge du serveur a été reculée, les appareils ne reçoivent plus de bail tant que personne n’a dit qu’elle est juste.',
        server: 'Du serveur', browser: 'De ce navigateur', confirm: 'L’horloge est juste',
        confirmText: 'Des baux sont donnés à nouveau selon l’heure telle qu’elle est. Ne le dites que si les deux heures concordent.', done: 'L’horloge est confirmée.',
    },
};

export default fr;
