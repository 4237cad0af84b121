// SPDX-License-Identifier: Apache-2.0
import { counted, number } from '../format.ts';
import type en from './upkeep.en.ts';

const fr: typeof en = {
    limits: {
        title: 'Combien d’appels chacun peut faire',
        intro: 'Appels par minute. Ce que vous fixez vaut aussitôt et survit aux redémarrages ; laissez un champ vide pour ce que dit la configuration.',
        off: 'Les limites sont désactivées dans la configuration de ce serveur : ce que vous fixez ici est conservé, et rien n’est compté.',
        unit: 'par minute',
        name: {
            address: 'Appels libres depuis une adresse',
            signin: 'Connexions depuis une adresse',
            device: 'Un appareil',
            principal: 'Une personne ou un compte de service',
            enrollment_key: 'Une clé d’enrôlement',
        },
        hint: {
            address:
                'Les appels sans jeton, ou avec un jeton que personne n’a. Derrière une adresse peut se trouver tout un bureau.',
            signin: 'Mots de passe et seconds facteurs, de qui que ce soit.',
            device: 'Sa configuration, ses signes de vie et ses appels d’outils.',
            principal: 'Tous les appels d’une personne ou d’un compte, ensemble.',
            enrollment_key: 'Toutes les machines qui s’enrôlent avec une même clé.',
        },
        bounds: (configured: number, least: number, burst: number) =>
            `Configuré : ${number(configured)}. Au moins ${number(least)} ; ${number(burst)} peuvent venir d’un coup.`,
        wrong: (least: number, most: number) => `Un nombre entier de ${number(least)} à ${number(most)}, ou rien.`,
        save: 'Fixer les limites',
        saved: 'Ces limites valent maintenant.',
        back: 'Selon la configuration',
        readOnly: 'Pour les modifier, il faut avoir le droit d’exploiter le serveur.',
    },
    retention: {
        title: 'Ce qui est gardé un certain temps',
        intro: 'Le serveur oublie tout cela de lui-même, peu à peu. Le nettoyage fait tout maintenant et rend la place libre au disque ; les autres continuent de travailler pendant ce temps. Le journal d’audit n’est jamais raccourci.',
        kind: 'Quoi',
        kept: 'Gardé',
        would: 'Partirait',
        went: 'Parti',
        names: {
            idempotency_keys: ['Réponses aux appels répétés', 'un jour'],
            webhook_deliveries: ['Envois des webhooks', '30 jours'],
            sessions: ['Sessions terminées et traces de connexion', 'jusqu’à leur fin'],
            grants: ['Codes et jetons d’applications terminés', 'jusqu’à leur fin'],
            history: ['Ce dont les configurations étaient faites', 'selon history.days'],
            used_once: ['Liens et codes à usage unique', 'quelques minutes'],
            figures: ['Chiffres des graphiques', '24 heures, à l’heure 30 jours'],
            device_tokens: ['Jetons d’appareils remplacés par de plus récents', 'un an'],
        },
        store: 'Place libre dans la base',
        storeKept: 'réutilisée',
        log: 'Les lignes du journal',
        logKept: 'selon logs.days',
        more: (n: number) => `${number(n)} ou plus`,
        look: 'Voir ce qui partirait',
        clean: 'Nettoyer maintenant',
        confirm: 'Nettoyer la base ?',
        confirmText:
            'Ce qui est terminé est oublié pour de bon, et la place libre est rendue au disque. Rien de ce qui vaut encore n’est touché.',
        nothing: 'Il n’y a rien à oublier.',
        done: (n: number, room: string) =>
            `${counted(n, 'ligne est partie', 'lignes sont parties')}, et ${room} ont été rendus au disque.`,
        notAll: 'Le temps imparti n’a pas suffi. Nettoyez une fois encore.',
    },
    security: {
        title: 'Refusé en trente jours',
        intro: 'Par jour (UTC), pour toutes les organisations : ce que le journal d’audit en sait. Un nom effacé n’est pas montré.',
        failures: 'Mots de passe et codes faux',
        locks: 'Essais pendant l’attente',
        denials: 'Autres refus',
        failuresHint: 'de comptes qui existent',
        locksHint: 'après trop d’erreurs',
        denialsHint: 'droits manquants, et appels sans connexion',
        chart: 'Refus de chacun des trente derniers jours',
        none: 'Rien n’a été refusé',
        noneText: 'Ces trente derniers jours, personne n’a été éconduit.',
        addresses: 'D’où ils viennent',
        addressesIntro: 'Si personne n’était connecté, un bloc d’adresses.',
        names: 'Comptes visés et personnes refusées',
        nobody: 'Rien encore.',
        cut: 'Le journal d’audit est si long que les plus anciens de ces jours n’ont pas été atteints.',
        record: 'Ouvrir le journal d’audit',
    },
};

export default fr;
