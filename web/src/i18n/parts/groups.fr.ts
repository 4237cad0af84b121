// SPDX-License-Identifier: Apache-2.0
import { counted, number } from '../format.ts';
import type en from './groups.en.ts';

const fr: typeof en = {
    count: (n: number) => counted(n, 'groupe', 'groupes'),
    search: 'Début du nom d’un groupe',
    add: 'Créer un groupe',
    priority: 'Priorité',
    priorityHint: 'Entre les politiques de plusieurs groupes, la plus haute l’emporte.',
    priorityWrong: 'un nombre entier à partir de 0',
    empty: {
        title: 'Aucun groupe',
        text: 'C’est à un groupe que l’on donne : applications, politiques, outils. On y met ensuite des personnes et des appareils.',
    },
    facts: 'Groupe',
    byFiles: 'Géré par fichiers',
    members: 'Membres',
    membersCount: (n: number) => counted(n, 'membre', 'membres'),
    kind: 'Type',
    kinds: { user: 'Personne', service: 'Compte de service', device: 'Appareil' },
    acts: 'Actions',
    addMember: 'Ajouter un membre',
    findMember: 'Personne, compte de service, appareil',
    joined: (name: string) => `${name} est maintenant dans le groupe.`,
    nobody: 'Personne n’y est encore.',
    applications: 'Applications qu’il ouvre',
    noApplications: 'Aucune ne lui est liée.',
    toApplications: 'Liez-en une depuis sa page.',
    andMore: (n: number) => `et ${number(n)} autres`,
    policies: 'Politiques qui lui sont affectées',
    noPolicies: 'Aucune ne lui est affectée.',
    toPolicies: 'Affectez-en une depuis sa page.',
    pinned: (version: string) => `version ${version}`,
    more: 'Outils que ses membres peuvent appeler',
    tools: 'Autorisations du groupe',
    deleteText:
        'Ses membres perdent ce qu’il leur donnait. C’est refusé tant que des politiques ou des clés d’enrôlement le nomment.',
};

export default fr;
