// SPDX-License-Identifier: Apache-2.0
import { counted } from '../format.ts';
import type en from './enrol.en.ts';

const uses = (n: number) => counted(n, 'usage', 'usages');

const fr: typeof en = {
    intro: 'Une machine demande à entrer et affiche un code ; vous le comparez et l’approuvez. Pour beaucoup de machines, une clé d’enrôlement parle pour vous.',
    docs: 'Le guide de l’enrôlement',
    hand: {
        title: 'Une machine, à la main',
        intro: 'Rien n’est à préparer. Lancez l’agent sur la machine : il fabrique sa propre clé, affiche un code et attend dans la salle d’attente.',
        steps: [
            'Lancez l’agent sur la machine.',
            'Lisez le code qu’il affiche.',
            'Trouvez le même code dans la salle d’attente et approuvez-le.',
        ],
        lobby: 'Vers la salle d’attente',
        snippets: 'Commandes pour une machine',
        linux: 'Linux',
        any: 'Tout ce qui parle HTTP',
        anyHint:
            'La réponse donne le code à afficher et une preuve à garder. La suite se trouve dans le guide des clients.',
        operator: 'Depuis votre poste',
        operatorHint:
            'Vous vous connectez une fois ; chaque machine reçoit ensuite sa clé par SSH et entre, avec votre droit d’approuver.',
    },
    keys: {
        title: 'Beaucoup de machines, avec une clé',
        intro: 'Une clé laisse entrer des machines sans personne : depuis un installateur, une image ou un script. Elle expire d’elle-même et compte ses usages.',
        make: 'Créer une clé',
        none: 'Aucune clé pour le moment.',
        name: 'Nom',
        left: 'Usages restants',
        unlimited: 'sans limite',
        used: (n) => `${uses(n)} à ce jour`,
        ends: 'Expire',
        ended: 'expirée',
        approves: 'Approbation',
        auto: 'par la clé',
        lobby: 'en salle d’attente',
        groups: 'Groupes',
        acts: 'Actions',
        revoke: 'Révoquer',
        revokeTitle: (name) => `Révoquer la clé ${name} ?`,
        revokeText: 'Plus aucune machine n’entre avec elle. Celles qui sont entrées restent.',
        revoked: (name) => `La clé ${name} est morte.`,
        count: (n) => counted(n, 'clé', 'clés'),
    },
    form: {
        title: 'Une nouvelle clé d’enrôlement',
        name: 'Nom',
        nameHint: 'Où elle servira : un installateur, un site, un lot.',
        uses: 'Combien de machines',
        usesHint: 'Vide : sans limite. Un usage compte quand une machine est entrée.',
        ends: 'Expire le',
        endsHint: 'Vide : dans 30 jours.',
        auto: 'Laisser entrer les machines sans personne',
        autoHint:
            'Qui détient la clé peut faire entrer des machines. Sans cela, elles attendent tout de même dans la salle d’attente.',
        pattern: 'Seulement les machines nommées',
        patternHint: 'Le nom qu’elles se donnent ; * et ? remplacent n’importe quoi : kiosk-*',
        uninstall: 'Elle peut aussi désinstaller les machines qu’elle a fait entrer',
        adopt: 'Elle peut donner leur premier jeton aux machines importées',
        more: 'Plus de limites',
        make: 'Créer la clé',
        usesBad: 'Un nombre entier à partir de 1, ou rien.',
        endsBad: 'Un jour à venir.',
    },
    made: {
        title: (name) => `La clé ${name}`,
        once: 'Elle n’est montrée que cette fois. Gardez-la comme un mot de passe.',
        key: 'Clé',
        qr: 'Code QR de la clé',
        qrHint: 'Pour une machine qui a une caméra.',
        snippets: 'Prêt à l’emploi',
        close: 'Je l’ai gardée',
        shown: 'Elle a déjà été montrée et ne peut plus l’être. Créez-en une autre si elle est perdue.',
        linux: 'Linux, l’agent',
        linuxHint:
            'L’agent avec son unité, comme le guide l’installe : il lit la clé dans ce fichier, que personne d’autre ne peut lire.',
        macos: 'macOS',
        windows: 'Windows',
        once_token: 'La commande écrit le jeton de la machine, montré une seule fois.',
        ansible: 'Beaucoup, par Ansible',
        ansibleHint:
            'La clé se trouve dans le fichier enrol.key à côté de vous ; l’agent est installé sur les machines.',
        inno: 'Inno Setup',
        innoHint:
            'La clé ne figure dans aucun script : l’installateur la prend sur sa ligne de commande. Le script est dans le guide des clients.',
        waits: 'Cette clé n’approuve pas : ses machines attendent dans la salle d’attente.',
    },
    lock: {
        title: 'Verrou du parc',
        intro: 'Tant qu’il est verrouillé, aucune machine inconnue n’entre, quelle que soit sa clé. Celles qui sont entrées restent.',
        open: 'Ouvert',
        openHint: 'Les machines peuvent demander à entrer.',
        unknown: 'Fermé aux nouvelles machines',
        unknownHint:
            'Seule une machine déjà entrée peut revenir : les installateurs mettent à jour en désinstallant puis en installant.',
        all: 'Fermé à toutes',
        allHint: 'Une machine déjà entrée reste dehors, elle aussi.',
        by: (setting) =>
            `Le réglage ${setting} du serveur le verrouille : il ne peut pas être ouvert ici. Changez-le là-bas.`,
        ask: {
            open: 'Ouvrir le parc ?',
            unknown: 'Fermer le parc aux nouvelles machines ?',
            all: 'Fermer le parc à toutes les machines ?',
        },
        yes: { open: 'Ouvrir', unknown: 'Fermer', all: 'Fermer' },
        done: {
            open: 'Le parc est ouvert.',
            unknown: 'Le parc est fermé aux nouvelles machines.',
            all: 'Le parc est fermé.',
        },
    },
};

export default fr;
