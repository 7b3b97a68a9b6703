//! What the trail's activities are called. Their own names are English and fixed: exports, filters and the chain hold these.

use crate::domain::language::Language;

/// An activity in words of a language: its own name in English, and where there are no words for it.
pub fn activity(name: &str, language: Language) -> &str {
    match language {
        Language::En => name,
        Language::Fr => FRENCH.iter().find(|(one, _)| *one == name).map_or(name, |(_, words)| words),
    }
}

/// Who does what no person does, in words of a language.
pub fn service(name: &str, language: Language) -> &str {
    match language {
        Language::En => name,
        Language::Fr => FRENCH_SERVICES.iter().find(|(one, _)| *one == name).map_or(name, |(_, words)| words),
    }
}

const FRENCH_SERVICES: &[(&str, &str)] = &[
    ("Access ends", "Fin des accès"),
    ("Command line", "Ligne de commande"),
    ("Members may join by themselves", "Inscription des membres"),
    ("Reminders", "Rappels"),
];

const FRENCH: &[(&str, &str)] = &[
    ("Add user", "Utilisateur ajouté"),
    ("Update user", "Utilisateur modifié"),
    ("Remove service principal", "Application supprimée"),
    ("Restore service principal", "Application rétablie"),
    ("Remove member from role", "Rôle retiré"),
    ("Hard Delete user", "Utilisateur effacé"),
    ("Disable account", "Compte désactivé"),
    ("Enable account", "Compte réactivé"),
    ("Delete user", "Utilisateur supprimé"),
    ("Add member to role", "Rôle donné"),
    ("Add group", "Groupe créé"),
    ("Add member to group", "Membre ajouté au groupe"),
    ("Update group", "Groupe modifié"),
    ("Delete group", "Groupe supprimé"),
    ("Restore Group", "Groupe rétabli"),
    ("Remove owner from group", "Propriétaire retiré du groupe"),
    // As they were called before.
    ("User requested to join group", "Demande d’entrée dans un groupe"),
    ("Email resubscribed", "Adresse de nouveau inscrite"),
    ("Request to join a group", "Demande d’entrée dans le groupe"),
    ("Cancel a pending request to join a group", "Demande d’entrée annulée"),
    ("Approve a pending request to join a group", "Demande d’entrée approuvée"),
    ("Reject a pending request to join a group", "Demande d’entrée refusée"),
    ("Update service principal", "Application modifiée"),
    ("Remove owner from service principal", "Propriétaire retiré de l’application"),
    ("Remove app role assignment from group", "Application retirée au groupe"),
    ("Add owner to group", "Propriétaire ajouté au groupe"),
    ("Add service principal", "Application créée"),
    ("Add owner to service principal", "Propriétaire ajouté à l’application"),
    ("Add app role assignment to group", "Application donnée au groupe"),
    ("Add app role assignment grant to user", "Application donnée à une personne"),
    ("Update company settings", "Réglages de l’organisation modifiés"),
    ("Update authorization policy", "Règles d’invitation modifiées"),
    ("Update policy", "Domaines admis modifiés"),
    ("Publish Terms Of Use", "Nouvelle version d’une déclaration"),
    ("Delete external user", "Un invité a quitté l’organisation"),
    ("Update StsRefreshTokenValidFrom Timestamp", "Sessions fermées"),
    ("Sign-in activity", "Connexion"),
    ("Sign-out activity", "Déconnexion"),
    ("Accept Terms Of Use", "Conditions acceptées"),
    ("Invite external user", "Invitation d’une personne extérieure"),
    ("Add user sponsor", "Parrain ajouté"),
    ("Remove user sponsor", "Parrain retiré"),
    ("Restore user", "Utilisateur rétabli"),
    ("Redeem external user invite", "Invitation acceptée"),
    ("Decline external user invite", "Invitation refusée"),
    ("Confirm access of external user", "Accès d’un invité confirmé"),
    ("Email unsubscribed", "Adresse désinscrite"),
    ("Email not sent, user unsubscribed", "Courrier non envoyé, adresse désinscrite"),
    ("Change end of access", "Fin d’accès modifiée"),
    ("Remove member from group", "Membre retiré du groupe"),
    ("Remove app role assignment from user", "Application retirée à une personne"),
    ("Resend external user invite", "Invitation renvoyée"),
    ("Renew external user invite", "Invitation prolongée"),
    ("Change external user invite", "Invitation modifiée"),
    ("Withdraw external user invite", "Invitation retirée"),
    ("Remind external user of invite", "Rappel d’invitation"),
    ("Ask for new external user invite link", "Nouveau lien d’invitation demandé"),
    ("Email subscribed", "Adresse réinscrite"),
    ("End access", "Accès terminé"),
    ("Undo", "Annulation"),
    ("Issue one-time sign-in link", "Lien de connexion créé"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::Activity;

    #[test]
    fn each_activity_has_french_words_of_its_own() {
        assert!(Activity::ALL.len() > 50);
        let mut words: Vec<&str> = Activity::ALL.iter().map(|one| activity(one.name, Language::Fr)).collect();
        assert!(words.iter().zip(Activity::ALL).all(|(words, one)| *words != one.name), "{words:?}");
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Activity::ALL.len(), "two of them read the same");
    }
}
