//! What somebody typed whose session had ended meanwhile: kept for that person alone, for an hour.

use super::Services;
use crate::{
    domain::{
        error::AppError,
        form::{FormState, KEPT_FOR, KEPT_MAX},
        ids::UserId,
    },
    storage,
};

/// Keeps a form for its owner, in place of an earlier one.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn keep(services: &Services, user: UserId, form: FormState) -> Result<(), AppError> {
    let text = serde_json::to_string(&form.cut(KEPT_MAX)).map_err(|_| AppError::Internal)?;
    let mut held = services.db.trace().await?;
    Ok(storage::sessions::keep_form(&mut held.conn(), user, &text, services.now()).await?)
}

/// Gives a form back to its owner, once.
///
/// # Errors
/// `Unavailable` or `Internal`, by what the database says.
pub async fn take(services: &Services, user: UserId) -> Result<Option<FormState>, AppError> {
    let mut held = services.db.trace().await?;
    let kept = storage::sessions::take_form(&mut held.conn(), user, services.now().plus(-KEPT_FOR)).await?;
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()))
}
