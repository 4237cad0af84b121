// SPDX-License-Identifier: Apache-2.0
import { number } from '../format.ts';
import type en from './providers.en.ts';

const fr: typeof en = {
    add: 'Ajouter un fournisseur',
    search: 'Nom ou émetteur',
    count: (n) => (n < 2 ? `${n} fournisseur` : `${number(n)} fournisseurs`),
    issuer: 'Émetteur',
    issuerHint: 'Tel que ses jetons le disent, par exemple https://login.example.org/realms/bureau',
    name: 'Nom',
    nameHint: 'Minuscules, chiffres et tirets : il figure dans des adresses.',
    title: 'Titre',
    titleHint: 'Ce que dit le bouton de la page de connexion.',
    client: 'Identifiant de client',
    clientHint: 'Celui du client enregistré là-bas pour ce serveur.',
    secret: 'Secret de client',
    secretHint: 'Scellé, et jamais plus montré. Aucun pour un client public.',
    secretKept: 'Laissez vide pour garder celui qui est en place.',
    claim: 'Champ des groupes',
    claimHint: 'Par exemple « groups ». Sans lui, personne ne reçoit de groupe en se connectant.',
    signUp: 'Créer un compte à qui n’en a pas encore',
    linkEmail: 'La même adresse vérifiée désigne la même personne',
    map: 'Correspondance des groupes',
    mapHint: 'Un par ligne : valeur du champ = nom du groupe ici',
    mapWrong: 'Écrivez chaque ligne comme VALEUR = GROUPE',
    redirect: 'À enregistrer là-bas : adresse de retour',
    logout: 'À enregistrer là-bas : adresse de déconnexion (back-channel)',
    active: 'Proposé à la connexion',
    state: { active: 'Actif', disabled: 'Coupé' },
    acts: 'Actions',
    edit: (name) => `Modifier ${name}`,
    remove: 'Supprimer',
    removeTitle: (name) => `Supprimer le fournisseur « ${name} » ?`,
    removeText: 'Plus personne ne se connecte par lui. Les comptes restent, sans leur lien avec lui.',
    empty: {
        title: 'Tout le monde se connecte ici',
        text: 'Avec un autre fournisseur, comme Keycloak, authentik ou Zitadel, chacun prend le compte qu’il a là-bas.',
    },
};

export default fr;
