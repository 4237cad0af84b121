// SPDX-License-Identifier: Apache-2.0
import { counted } from '../format.ts';
import type en from './config.en.ts';

const fr: typeof en = {
    intro: 'Votre propre Home Assistant, réservé à vos assistants. Personne d’autre ne le voit, pas même les administrateurs.',
    add: 'Ajouter un Home Assistant',
    edit: 'Modifier',
    editTitle: (name) => `Modifier ${name}`,
    saved: (name) => `${name} est enregistré`,
    delete: 'Supprimer',
    deleteAsk: (name) => `Supprimer ${name} ?`,
    deleteText:
        'Son jeton est oublié, et ses outils disparaissent de vos assistants. Home Assistant lui-même n’est pas touché ; révoquez-y le jeton.',
    deleted: (name) => `${name} est supprimé`,
    actsOn: (name) => `Actions sur ${name}`,
    first: {
        title: 'Votre maison, à portée de vos assistants',
        text: 'Nommez ici votre Home Assistant : ses outils sont là pour vous seul, et vous choisissez ce qu’ils peuvent toucher.',
        needs: 'D’abord, dans Home Assistant',
        steps: [
            'Paramètres → Appareils et services → Ajouter une intégration → Model Context Protocol Server (2025.2 et suivants). Choisissez l’API « Assist ».',
            'Paramètres → Assistants vocaux → Exposer : choisissez ce que les assistants peuvent voir. Ce qui n’est pas exposé n’existe pas pour eux.',
            'Votre profil → Sécurité → Jetons d’accès longue durée → Créer un jeton. Créez-en un rien que pour cela.',
        ],
        token: 'Le jeton peut là-bas ce que peut son propriétaire : une personne sans droits d’administration convient bien.',
    },
    states: { ok: 'Répond', failed: 'En échec', never: 'Jamais interrogé' },
    failedTitle: 'Le dernier essai a échoué',
    url: 'Adresse',
    urlHint: 'Là où vous l’ouvrez dans un navigateur.',
    token: 'Jeton d’accès',
    tokenHint: 'Un jeton d’accès longue durée de Home Assistant. Scellé, plus jamais affiché.',
    tokenKept: 'Il est scellé. Laissez vide pour le garder.',
    name: 'Nom',
    nameHint: (name) => `Dans les noms de ses outils : ${name}__HassTurnOn.`,
    domains: 'Ce que les assistants peuvent toucher',
    domainsHint:
        'Des domaines comme light ou switch ; Entrée en prend un. Aucun : tout ce qui est exposé. Avec des domaines, les scripts sont exclus.',
    domainDrop: (domain) => `Retirer ${domain}`,
    allDomains: 'tout ce qui est exposé',
    lastTest: 'Dernier essai',
    needName: 'Donnez-lui un nom',
    needUrl: 'Dites où il se trouve',
    needToken: 'Collez son jeton',
    needTokenMoved:
        'Un jeton n’est pas envoyé à une autre adresse que celle pour laquelle il a été donné : collez-le de nouveau',
    gives: 'Ce qu’il donne à vos assistants',
    givesNothing: 'Rien que vous puissiez appeler maintenant. Exposez quelque chose dans Home Assistant, ou testez-le.',
    givesMore:
        'Les outils qui lisent vous sont ouverts. Ceux qui changent quelque chose demandent une autorisation : adressez-vous à qui administre votre organisation.',
    use: 'L’utiliser depuis un assistant',
    useText:
        'Cette adresse ne mène qu’à cette maison, avec ses propres noms. Au premier appel, votre assistant ouvre votre navigateur et vous vous connectez.',
    address: 'Adresse',
    together: 'Avec tous vos autres outils, par une seule adresse',
    warnings: {
        'plain-http': 'HTTP sans TLS : le jeton peut être lu en chemin. À n’utiliser que dans votre propre réseau.',
        starting: 'Il démarre encore.',
        'entities-capped': 'Il y en a plus qu’on n’a pu en compter.',
        'older-transport':
            'Il ne parle que l’ancien HTTP+SSE : cela marche, mais les versions récentes sont plus rapides.',
        'no-tools': 'Rien n’est encore exposé aux assistants.',
    },
    test: {
        verb: 'Tester',
        title: 'Test',
        of: (name) => `Test de ${name}`,
        again: 'Tester à nouveau',
        ok: 'Tout va bien',
        failed: 'Le test s’arrête ici',
        steps: {
            reach: 'L’atteindre',
            token: 'Jeton',
            config: 'Home Assistant',
            entities: 'Entités',
            mcp: 'Assistants (MCP)',
        },
        well: {
            reach: (time) => `Il répond${time && `, en ${time}`}.`,
            token: 'Il accepte le jeton.',
            config: (version, place) => [version && `Version ${version}`, place].filter(Boolean).join(', ') + '.',
            entities: (n) => `${counted(n, 'entité', 'entités')}.`,
            mcp: (n) => `${counted(n, 'outil', 'outils')} pour les assistants.`,
        },
        next: {
            reach: 'L’adresse est-elle juste, et Home Assistant fonctionne-t-il ? Il doit être joignable depuis ce serveur.',
            token: 'Créez un nouveau jeton d’accès longue durée dans votre profil, et collez-le en entier.',
            config: 'Redémarrez Home Assistant, ou regardez son journal.',
            entities: 'Home Assistant n’a pas donné sa liste d’entités : regardez son journal.',
            mcp: 'Ajoutez l’intégration « Model Context Protocol Server » dans Home Assistant.',
        },
    },
};

export default fr;
